from collections import defaultdict

from odoo import api, models
from odoo.tools.misc import formatLang
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# By field: what its column is called, in the order of a template.
LABELS = {
    "session": _lt("Count Session"),
    "round": _lt("Count Round"),
    "warehouse": _lt("Warehouse"),
    "location": _lt("Location"),
    "item": _lt("Item ID"),
    "serial": _lt("Serial/Lot"),
    "lot": _lt("Lot/Batch"),
    "serial2": _lt("Serial2"),
    "package": _lt("Package"),
    "owner": _lt("Owner"),
    "units": _lt("Units"),
    "uom": _lt("UoM"),
    "counted_at": _lt("Counted At"),
    "counted_by": _lt("Counted By"),
    "note": _lt("Note"),
    "cost": _lt("Unit Cost"),
}

# By code: why a file is refused, and what to do.
FILE_PROBLEMS = {
    "empty": _lt("The file is empty: choose the file with the counts."),
    "too_large": _lt(
        "The file has %(size)s MB; an import takes %(limit)s MB. Split it, or"
        " save it without pictures and other sheets."
    ),
    "not_a_table": _lt(
        "This is no table but a file of the kind %(kind)s: save the counts as"
        " XLSX or CSV."
    ),
    "web_page": _lt(
        "This is a web page without a plain table: open it in a spreadsheet and save"
        " it as XLSX or CSV."
    ),
    "other_spreadsheet": _lt(
        "Spreadsheets of the kind %(kind)s are not read: open it and save it"
        " as XLSX or CSV."
    ),
    "unknown_extension": _lt(
        "%(name)s contains %(kind)s, but is not called so: give it the"
        " extension of what it is."
    ),
    "wrong_extension": _lt(
        "%(name)s ends in .%(extension)s, but contains %(kind)s: save it again"
        " as what it should be, or correct its name."
    ),
    "password": _lt("The file is protected by a password: save it without one."),
    "macros": _lt(
        "The workbook contains macros: save it as a workbook without macros"
        " (XLSX) and import that."
    ),
    "damaged": _lt(
        "The file is damaged and cannot be read: open it in a spreadsheet,"
        " save it again and import that."
    ),
    "zip_bomb": _lt(
        "The file would become too large when it is unpacked, so it is not"
        " opened: copy the counts to a new workbook."
    ),
    "too_many_rows": _lt(
        "The sheet has more than %(limit)s rows, empty ones included: delete"
        " the empty rows, or split the file."
    ),
    "too_many_empty": _lt(
        "The sheet has more than %(limit)s empty rows below each other. Select the rows"
        " below the table, delete them, and save the file."
    ),
    "too_slow": _lt(
        "Reading the file takes more than %(limit)s seconds. Delete sheets and columns"
        " that are not needed, or split the file."
    ),
    "too_many_columns": _lt(
        "The sheet has %(columns)s columns or more; an import reads %(limit)s."
        " Delete the columns that are not needed."
    ),
    "long_cell": _lt(
        "A cell in row %(row)s has more than %(limit)s characters: correct it."
    ),
    "long_line": _lt(
        "A line has more than %(limit)s characters: this is no table with a"
        " row in each line."
    ),
    "no_sheet": _lt("The workbook has no sheet with cells."),
    "unknown_sheet": _lt("There is no sheet %(sheet)s in the file."),
    "broken_csv": _lt(
        "Row %(row)s: a quotation mark is not closed or stands where none may"
        " stand. Correct it, or choose another delimiter."
    ),
    "wrong_encoding": _lt(
        "The file is not written in %(encoding)s: choose another encoding."
    ),
    "unknown_encoding": _lt("The encoding %(encoding)s is not known."),
    "two_headers": _lt(
        "Rows %(first)s and %(second)s both look like column headings: keep"
        " one heading, directly above the counts."
    ),
    "merged_headers": _lt(
        "Row %(row)s, the column headings, has merged cells: unmerge them, so"
        " that every column has a heading of its own."
    ),
    "too_many_counts": _lt(
        "The file has more than %(limit)s rows with counts: split it."
    ),
    "no_rows": _lt("There is no row with counts below the column headings."),
    "too_many_merged": _lt(
        "The sheet has more than %(limit)s merged cells. Unmerge them."
    ),
}

# By code: what is wrong with a cell, and what would be right.
CELL_PROBLEMS = {
    "empty": (_lt("The cell is empty."), _lt("Every row needs one.")),
    "not_a_quantity": (
        _lt("%(value)s is not a number."),
        _lt("Enter a quantity such as 12 or 12.5."),
    ),
    "negative": (
        _lt("%(value)s is negative."),
        _lt("Nobody finds less than nothing: enter 0 if none was there."),
    ),
    "large": (
        _lt("The quantity is above %(limit)s."),
        _lt("Check what was typed."),
    ),
    "scientific": (
        _lt("The spreadsheet turned the number into %(value)s."),
        _lt("Format the column as text and enter the number again."),
    ),
    "truth": (
        _lt("The spreadsheet turned it into %(value)s."),
        _lt("Format the column as text and enter it again."),
    ),
    "date_for_code": (
        _lt("The spreadsheet turned it into the date %(value)s."),
        _lt("Format the column as text and enter it again."),
    ),
    "unprintable": (
        _lt("It contains a line break or characters that cannot be printed."),
        _lt("Scan or type it again."),
    ),
    "cell_error": (
        _lt("The cell shows the error %(value)s."),
        _lt("Correct the formula, or enter the value itself."),
    ),
    "no_formula_value": (
        _lt("The cell has a formula without its value."),
        _lt("Open the file in a spreadsheet, let it calculate, save it again."),
    ),
    "formula": (
        _lt("%(value)s is a formula, not a value."),
        _lt("Enter the value itself."),
    ),
    "not_a_date": (
        _lt("%(value)s is not a date."),
        _lt("Enter it such as 2026-01-31 14:05."),
    ),
    "future": (
        _lt("It was counted in the future."),
        _lt("The time of the import is taken."),
    ),
    "unknown_warehouse": (
        _lt("There is no such warehouse."),
        _lt("Enter the name or code of a warehouse."),
    ),
    "ambiguous_warehouse": (
        _lt("Several warehouses are called so."),
        _lt("Enter the code instead."),
    ),
    "foreign_warehouse": (
        _lt("The warehouse is not one of %(company)s."),
        _lt("Import it while working in its own company."),
    ),
    "unknown_item": (
        _lt("There is no such item."),
        _lt("Enter its internal reference, barcode or external ID."),
    ),
    "archived_item": (
        _lt("The item is archived."),
        _lt("Restore it, or leave the row out."),
    ),
    "other_lot": (
        _lt("The code of the item says %(lot)s."),
        _lt("Correct one of them."),
    ),
    "ambiguous_item": (
        _lt("%(number)s items are called so."),
        _lt("Enter the barcode or external ID instead."),
    ),
    "unknown_location": (
        _lt("There is no such location in %(warehouse)s."),
        _lt("Enter its full name or barcode."),
    ),
    "ambiguous_location": (
        _lt("%(number)s locations are called so."),
        _lt("Enter the full name, such as WH/Stock/Shelf 1."),
    ),
    "several_places": (
        _lt("The item lies in %(number)s locations."),
        _lt("Enter the one that was counted."),
    ),
    "unknown_package": (
        _lt("There is no such package."),
        _lt("Enter its name, or leave it empty."),
    ),
    "ambiguous_package": (
        _lt("%(number)s packages are called so."),
        _lt("Rename one of them, or leave it empty."),
    ),
    "unknown_owner": (
        _lt("There is no such owner."),
        _lt("Enter the name or reference of a contact, or leave it empty."),
    ),
    "ambiguous_owner": (
        _lt("%(number)s contacts are called so."),
        _lt("Enter the reference of the contact."),
    ),
    "unknown_uom": (
        _lt("There is no such unit."),
        _lt("Use a unit of the item: %(units)s."),
    ),
    "archived_uom": (
        _lt("The unit is archived."),
        _lt("Restore it, or use another unit of the item: %(units)s."),
    ),
    "unknown_user": (
        _lt("There is no such counter."),
        _lt("Enter the login or name of a user who may count."),
    ),
    "ambiguous_user": (
        _lt("Several users are called so."),
        _lt("Enter the login of the user."),
    ),
    "other_round": (
        _lt("The line is in round %(round)s of its count."),
        _lt("Download the count sheet again."),
    ),
    "subtotal": (
        _lt("There is no such item. The row may have a subtotal."),
        _lt("Delete the row if it has one."),
    ),
    "shown": (
        _lt("The spreadsheet shows %(shown)s here."),
        _lt("The value of the cell is imported. Correct the cell if it is wrong."),
    ),
    "with_unit": (
        _lt("%(value)s is more than a number."),
        _lt("Enter %(number)s here and %(unit)s in a column UoM."),
    ),
    "in_brackets": (
        _lt("%(value)s is in brackets, which also means a negative number."),
        _lt("Enter the quantity without brackets."),
    ),
    "merged_units": (
        _lt("One quantity stands for several rows."),
        _lt("Unmerge the cells and enter the quantity of each row."),
    ),
    "empty_location": (
        _lt("The location is empty, but a row above names one."),
        _lt("Enter the location, or choose what is meant under Rows without Location."),
    ),
    "extra_cells": (
        _lt("The row has %(cells)s cells, but the headings end after %(width)s."),
        _lt(
            "Delete the extra cell, or put quotation marks around a text or number"
            " with a delimiter in it."
        ),
    ),
    "left_numbers": (
        _lt("Columns with numbers aren't imported: %(columns)s."),
        _lt("Go back and choose what they are if you need them."),
    ),
    "stock_as_count": (
        _lt("%(column)s is imported as the count. It may be the booked quantity."),
        _lt("Make sure that these quantities were counted."),
    ),
    "grouped": (
        _lt("Quantities are read so: %(example)s. Rows %(rows)s."),
        _lt("Choose the other mark under Decimals After if this is wrong."),
    ),
    "guessed_encoding": (
        _lt("The encoding is guessed. In %(encoding)s a text reads %(example)s."),
        _lt("Go back and choose the encoding if the text looks wrong."),
    ),
    "hidden": (
        _lt("Rows are hidden in the spreadsheet: %(rows)s."),
        _lt("They are imported like all others. Delete them if they shouldn't be."),
    ),
    "filled": (
        _lt("Empty or merged cells take the value above them in rows %(rows)s."),
        _lt("Check these rows in the file with the status of all rows."),
    ),
    "placed": (
        _lt("Rows %(rows)s name no location. They count where the item is booked."),
        _lt("Choose a default location if they were counted elsewhere."),
    ),
    "heading": (
        _lt("The headings are repeated in rows %(rows)s."),
        _lt("These rows are left out."),
    ),
    "total": (
        _lt("Rows with totals are left out: %(rows)s."),
        _lt("Enter the item if a row isn't a total."),
    ),
    "ambiguous_session": (
        _lt("%(number)s open counts are called so."),
        _lt("Enter the number, such as CC-00001."),
    ),
    "session_elsewhere": (
        _lt("This count is in another warehouse: %(warehouse)s."),
        _lt("Enter another count, or a new name."),
    ),
    "closed_session": (
        _lt("%(session)s is closed and takes nothing more."),
        _lt("Enter another name: a new count is made."),
    ),
    "too_many_counts": (
        _lt("The file names more than %(limit)s counts."),
        _lt("Is it the right column? Split the file if it is."),
    ),
    "long_session": (
        _lt("The name is longer than 255 characters."),
        _lt("Enter a shorter one."),
    ),
    "cost_not_allowed": (
        _lt("Only a count manager may give costs."),
        _lt("Leave the column out, or ask a manager to import it."),
    ),
    "serial_twice_in_file": (
        _lt("The same serial number was found in row %(first)s."),
        _lt("It is in one place only: delete the wrong row."),
    ),
    "counted_twice": (
        _lt("Row %(first)s counts the same thing in the same place."),
        _lt("Add them up in one row, or let the import add."),
    ),
    "counted_since": (
        _lt("It was imported before; since then %(now)s were counted."),
        _lt("It changes nothing: choose Count Again to set it once more."),
    ),
    "counted_before": (
        _lt("%(before)s were counted already."),
        _lt("The row replaces them; let the import add if both were found."),
    ),
}


class StockCountImportWords(models.AbstractModel):
    """Everything that an import says about a file or a cell, in one place."""

    _name = "stock.count.import.words"
    _description = "Words of Cycle Count Imports"

    # === BUSINESS METHODS === #

    @api.model
    def _describe_file(self, code, params):
        """Why a file is refused, and what to do.

        :param str code: one of ``FILE_PROBLEMS``
        :param dict params: what the text has in its places
        :rtype: str
        """
        text = self.env._(FILE_PROBLEMS[code])
        return text % self._spell_limit(params)

    @api.model
    def _spell_limit(self, params):
        """Write a limit with separators of thousands, as in 250,000."""
        if "limit" not in params:
            return params
        return {**params, "limit": formatLang(self.env, params["limit"], digits=0)}

    @api.model
    def _describe_cells(self, problems):
        """What is wrong with each cell, and what would be right.

        :param list problems: of ``domain.spreadsheet.rows.Problem``
        :return: list of pairs (problem, remedy), texts
        """
        # Translated once: a file may have as many problems as rows.
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
        """Pairs of a code and the text of its problems, "…" for what differs."""
        blank = defaultdict(lambda: "…")
        kinds = [
            (code, (problem % blank).replace("….", "…"))
            for code, (problem, _remedy) in self._cell_words().items()
        ]
        return [*kinds, ("refused", self.env._("The count does not take it."))]

    @api.model
    def _cell_words(self):
        """By code, the problem and its remedy in the user's language."""
        translate = self.env._
        return {
            code: (translate(problem), translate(remedy))
            for code, (problem, remedy) in CELL_PROBLEMS.items()
        }

    @api.model
    def _field_labels(self):
        """By field: what its column is called, in the order of a template."""
        return {field: self.env._(label) for field, label in LABELS.items()}
