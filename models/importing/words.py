from collections import defaultdict

from odoo import api, models
from odoo.tools.misc import formatLang


class StockCountImportWords(models.AbstractModel):
    """Everything that an import says about a file or a cell, in one place."""

    _name = "stock.count.import.words"
    _description = "Words of Cycle Count Imports"

    # === BUSINESS METHODS === #

    @api.model
    def _describe_file(self, code, params):
        """Why a file is refused, and what to do.

        :rtype: str
        """
        return self._file_words()[code] % self._spell_limit(params)

    @api.model
    def _spell_limit(self, params):
        """Some are long enough to be misread: 250,000."""
        if "limit" not in params:
            return params
        return {**params, "limit": formatLang(self.env, params["limit"], digits=0)}

    @api.model
    def _describe_cells(self, problems):
        """What is wrong with each cell, and what would be right.

        :param problems: of ``domain.found.Problem``
        :return: list of pairs of texts
        """
        # Once for all: a file may have as many problems as rows.
        words = self._cell_words()
        return [self._describe_cell(words, p.code, p.params) for p in problems]

    @api.model
    def _describe_cell(self, words, code, params):
        if code == "refused":
            return params["message"], ""
        problem, remedy = words[code]
        params = self._spell_limit(params)
        if params.get("similar"):
            return problem % params, self.env._("Is it %s?", params["similar"])
        return problem % params, remedy % params

    @api.model
    def _kinds(self):
        """Pairs of each code and what all of its problems have in common, in words."""
        blank = defaultdict(lambda: "…")
        kinds = [
            (code, (problem % blank).replace("….", "…"))
            for code, (problem, _remedy) in self._cell_words().items()
        ]
        return [*kinds, ("refused", self.env._("The count does not take it."))]

    @api.model
    def _field_labels(self):
        """What the columns are called, in the order of a template."""
        _ = self.env._
        return {
            "session": _("Count Session"),
            "warehouse": _("Warehouse"),
            "location": _("Location"),
            "item": _("Item ID"),
            "serial": _("Serial/Lot"),
            "serial2": _("Serial2"),
            "package": _("Package"),
            "owner": _("Owner"),
            "units": _("Units"),
            "uom": _("UoM"),
            "counted_at": _("Counted At"),
            "note": _("Note"),
            "cost": _("Unit Cost"),
        }

    @api.model
    def _file_words(self):
        _ = self.env._
        return {
            "empty": _("The file is empty: choose the file with the counts."),
            "too_large": _(
                "The file has %(size)s MB; an import takes %(limit)s MB. Split it, or"
                " save it without pictures and other sheets."
            ),
            "not_a_table": _(
                "This is no table but a file of the kind %(kind)s: save the counts as"
                " XLSX or CSV."
            ),
            "web_page": _(
                "This is a web page, whatever it is called: open it in a spreadsheet"
                " and save it as XLSX or CSV."
            ),
            "other_spreadsheet": _(
                "Spreadsheets of the kind %(kind)s are not read: open it and save it"
                " as XLSX or CSV."
            ),
            "unknown_extension": _(
                "%(name)s contains %(kind)s, but is not called so: give it the"
                " extension of what it is."
            ),
            "wrong_extension": _(
                "%(name)s ends in .%(extension)s, but contains %(kind)s: save it again"
                " as what it should be, or correct its name."
            ),
            "password": _("The file is protected by a password: save it without one."),
            "macros": _(
                "The workbook contains macros: save it as a workbook without macros"
                " (XLSX) and import that."
            ),
            "damaged": _(
                "The file is damaged and cannot be read: open it in a spreadsheet,"
                " save it again and import that."
            ),
            "zip_bomb": _(
                "The file would become too large when it is unpacked, so it is not"
                " opened: copy the counts to a new workbook."
            ),
            "too_many_rows": _(
                "The sheet has more than %(limit)s rows, empty ones included: delete"
                " the empty rows, or split the file."
            ),
            "too_many_columns": _(
                "The sheet has %(columns)s columns or more; an import reads %(limit)s."
                " Delete the columns that are not needed."
            ),
            "long_cell": _(
                "A cell in row %(row)s has more than %(limit)s characters: correct it."
            ),
            "long_line": _(
                "A line has more than %(limit)s characters: this is no table with a"
                " row in each line."
            ),
            "no_sheet": _("The workbook has no sheet with cells."),
            "unknown_sheet": _("There is no sheet %(sheet)s in the file."),
            "broken_csv": _(
                "Row %(row)s: a quotation mark is not closed or stands where none may"
                " stand. Correct it, or choose another delimiter."
            ),
            "wrong_encoding": _(
                "The file is not written in %(encoding)s: choose another encoding."
            ),
            "unknown_encoding": _("The encoding %(encoding)s is not known."),
            "two_headers": _(
                "Rows %(first)s and %(second)s both look like column headings: keep"
                " one heading, directly above the counts."
            ),
            "merged_headers": _(
                "Row %(row)s, the column headings, has merged cells: unmerge them, so"
                " that every column has a heading of its own."
            ),
            "too_many_counts": _(
                "The file has more than %(limit)s rows with counts: split it."
            ),
            "no_rows": _("There is no row with counts below the column headings."),
        }

    @api.model
    def _cell_words(self):
        """By code: what is wrong, and what would be right."""
        _ = self.env._
        return {
            "empty": (_("The cell is empty."), _("Every row needs one.")),
            "not_a_quantity": (
                _("%(value)s is not a number."),
                _("Enter a quantity such as 12 or 12.5."),
            ),
            "negative": (
                _("%(value)s is negative."),
                _("Nobody finds less than nothing: enter 0 if none was there."),
            ),
            "large": (
                _("The quantity is above %(limit)s."),
                _("Check what was typed."),
            ),
            "scientific": (
                _("The spreadsheet turned the number into %(value)s."),
                _("Format the column as text and enter the number again."),
            ),
            "truth": (
                _("The spreadsheet turned it into %(value)s."),
                _("Format the column as text and enter it again."),
            ),
            "date_for_code": (
                _("The spreadsheet turned it into the date %(value)s."),
                _("Format the column as text and enter it again."),
            ),
            "unprintable": (
                _("It contains a line break or characters that cannot be printed."),
                _("Scan or type it again."),
            ),
            "cell_error": (
                _("The cell shows the error %(value)s."),
                _("Correct the formula, or enter the value itself."),
            ),
            "no_formula_value": (
                _("The cell has a formula without its value."),
                _("Open the file in a spreadsheet, let it calculate, save it again."),
            ),
            "formula": (
                _("%(value)s is a formula, not a value."),
                _("Enter the value itself."),
            ),
            "not_a_date": (
                _("%(value)s is not a date."),
                _("Enter it such as 2026-01-31 14:05."),
            ),
            "future": (
                _("It was counted in the future."),
                _("The time of the import is taken."),
            ),
            "unknown_warehouse": (
                _("There is no such warehouse."),
                _("Enter the name or code of a warehouse."),
            ),
            "ambiguous_warehouse": (
                _("Several warehouses are called so."),
                _("Enter the code instead."),
            ),
            "foreign_warehouse": (
                _("The warehouse is not one of %(company)s."),
                _("Import it while working in its own company."),
            ),
            "unknown_item": (
                _("There is no such item."),
                _("Enter its internal reference, barcode or external ID."),
            ),
            "archived_item": (
                _("The item is archived."),
                _("Restore it, or leave the row out."),
            ),
            "ambiguous_item": (
                _("%(number)s items are called so."),
                _("Enter the barcode or external ID instead."),
            ),
            "unknown_location": (
                _("There is no such location in %(warehouse)s."),
                _("Enter its full name or barcode."),
            ),
            "ambiguous_location": (
                _("%(number)s locations are called so."),
                _("Enter the full name, such as WH/Stock/Shelf 1."),
            ),
            "several_places": (
                _("The item lies in %(number)s locations."),
                _("Enter the one that was counted."),
            ),
            "unknown_package": (
                _("There is no such package."),
                _("Enter its name, or leave it empty."),
            ),
            "ambiguous_package": (
                _("%(number)s packages are called so."),
                _("Rename one of them, or leave it empty."),
            ),
            "unknown_owner": (
                _("There is no such owner."),
                _("Enter the name or reference of a contact, or leave it empty."),
            ),
            "ambiguous_owner": (
                _("%(number)s contacts are called so."),
                _("Enter the reference of the contact."),
            ),
            "unknown_uom": (_("There is no such unit."), _("Leave it empty.")),
            "ambiguous_session": (
                _("%(number)s open counts are called so."),
                _("Enter the number, such as CC-00001."),
            ),
            "session_elsewhere": (
                _("This count is in another warehouse: %(warehouse)s."),
                _("Enter another count, or a new name."),
            ),
            "closed_session": (
                _("%(session)s is closed and takes nothing more."),
                _("Enter another name: a new count is made."),
            ),
            "too_many_counts": (
                _("The file names more than %(limit)s counts."),
                _("Is it the right column? Split the file if it is."),
            ),
            "long_session": (
                _("The name is longer than 255 characters."),
                _("Enter a shorter one."),
            ),
            "cost_not_allowed": (
                _("Only a count manager may give costs."),
                _("Leave the column out, or ask a manager to import it."),
            ),
            "serial_twice_in_file": (
                _("The same serial number was found in row %(first)s."),
                _("It is in one place only: delete the wrong row."),
            ),
            "counted_twice": (
                _("Row %(first)s counts the same thing in the same place."),
                _("Add them up in one row, or let the import add."),
            ),
            "counted_since": (
                _("It was imported before; since then %(now)s were counted."),
                _("It changes nothing: choose Count Again to set it once more."),
            ),
            "counted_before": (
                _("%(before)s were counted already."),
                _("The row replaces them; let the import add if both were found."),
            ),
        }
