from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import POSTABLE_STATES, UNPOSTED_STATES
from ..shared.hostile_values import check_texts


class StockCountLine(models.Model):
    """Which lines of a session are ticked to be posted, and which a search shows."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    # === BUSINESS METHODS === #

    @api.model
    def _session_domain(self, session, domain):
        """Domain of the lines of a session that a search of the count sheet shows.

        :param list domain: the search as the client sent it; None for all lines
        :raise ValidationError: when it is no domain of this model
        """
        check_texts(self.env, domain)
        try:
            if not isinstance(domain, list | None):
                raise TypeError("a domain is a list")
            domain = Domain(domain or Domain.TRUE)
            domain.validate(self)
        except (TypeError, ValueError, AssertionError) as error:
            raise ValidationError(
                self.env._("The search of the count sheet cannot be read.")
            ) from error
        return Domain("session_id", "=", session.id) & domain

    @api.model
    def _write_checked(self, session, domain, to_post):
        """Set or clear the Post box of all lines that a search shows.

        :param list domain: the search as the client sent it
        :param bool to_post: the new value
        :return: number of lines that changed
        :raise ValidationError: when it is no domain of this model
        """
        query = self._search(
            self._session_domain(session, domain)
            & Domain("to_post", "=", not to_post)
            & Domain("state", "in", UNPOSTED_STATES)
        )
        self.env.cr.execute(
            SQL(
                "UPDATE stock_count_line SET to_post = %s WHERE id IN %s",
                to_post,
                query.subselect(),
            )
        )
        self.invalidate_model(["to_post"])
        return self.env.cr.rowcount

    @api.model
    def _find_postable(self, session):
        """The lines of a session that are ticked, counted and not posted.

        Reads only the fields that posting needs of each line: a line has many columns,
        and most lines need no stock move.
        """
        return self.search_fetch(
            self._postable_domain(session), ["location_id", "lot_id", "lot_name"]
        )

    @api.model
    def _postable_domain(self, session):
        """Domain of the lines of a session that are ticked, counted and not posted."""
        return [
            ("session_id", "=", session.id),
            ("to_post", "=", True),
            ("is_counted", "=", True),
            ("state", "in", POSTABLE_STATES),
        ]
