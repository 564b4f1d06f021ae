from odoo import fields


class Reference(fields.Many2one):
    """A link without a foreign key, for records that another link already protects.

    A line's company is the company of its session. The person who counted it is also
    named by its entries, which nobody can delete.

    PostgreSQL checks each foreign key of each row that it writes. For a line and its
    entry, the checks take longer than the writing.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""
