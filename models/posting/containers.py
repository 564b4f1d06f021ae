from odoo import api, models


class StockCountPoster(models.AbstractModel):
    """Packages in packages: what was found elsewhere leaves its pallet, or moves with
    it, as Odoo's own relocation does (P25)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.poster"

    # === BUSINESS METHODS === #

    @api.model
    def _place_in_containers(self, packages):
        """Take moved packages out of containers that stayed where they were; a
        container whose whole content has moved has moved itself.

        :param packages: those that location moves have just moved
        :return: dict package → the container that it was taken out of
        """
        left = {}
        while packages:
            moved = packages.browse()
            packages.invalidate_recordset(["location_id"])
            for container, some in packages.grouped("parent_package_id").items():
                if not container:
                    continue
                if len(self._places_of(container)) > 1:
                    left.update(dict.fromkeys(some, container))
                    some.parent_package_id = False
                else:
                    moved |= container
            packages = moved
        return left

    @api.model
    def _places_of(self, container):
        quants = container.contained_quant_ids
        return quants.filtered(lambda quant: quant.quantity > 0).location_id

    @api.model
    def _put_back_in_containers(self, moves):
        """Packages that a posting took out of their containers go back into them, where
        these are still in the place that the packages come back to.

        :param moves: the done moves that are undone
        """
        for move in moves.filtered("count_container_id"):
            package, container = move.move_line_ids.package_id, move.count_container_id
            if self._places_of(container) <= package.location_id:
                package.parent_package_id = container
