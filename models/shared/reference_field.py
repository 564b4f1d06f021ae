from odoo import fields


class Reference(fields.Many2one):
    """A link that the database need not check, because another one that it checks keeps
    the record: a line's company is its session's, who counted it is named by its
    entries, and those are never deleted.

    PostgreSQL looks up every link of every row it writes; for a line and its entry that
    takes longer than writing them.
    """

    def update_db_foreign_key(self, model, column):
        """Another link has it."""
