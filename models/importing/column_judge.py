"""What the columns of a file are, where only the records of this database can say."""

from ...domain.spreadsheet.cells import Doubtful, is_clock, is_day, read_code
from ...domain.spreadsheet.columns import Columns, is_number, read_headings
from ...domain.spreadsheet.meaning import describe

# Rows of the sample by which an item column is judged.
JUDGED = 50


class ColumnJudge:
    """Reads headings, and looks up the values below them where headings leave a
    choice: an item column has items of ours, a warehouse column warehouses."""

    def __init__(self, lookup, own):
        self._lookup, self._own = lookup, own

    def judge(self, names, samples):
        """The meaning of each column, and the questions that are left.

        :param list names: the headings
        :param list samples: of each column its first values
        :rtype: Columns
        """
        columns = read_headings(names, self._own, samples, self._places(names, samples))
        columns = self._judge_items(names, samples, columns)
        self._judge_places(names, samples, columns.fields)
        self._judge_times(names, samples, columns.fields)
        return columns

    def _places(self, names, samples):
        """The headings that only say where the quantities below them are."""
        options = {
            name
            for name, values in zip(names, samples, strict=True)
            if name and any(map(is_number, values)) and self._may_be_place(name)
        }
        found = self._lookup.read_places(options) if options else {}
        return {name for name, place in found.items() if self._is_called(name, place)}

    @staticmethod
    def _may_be_place(name):
        return describe(name).field in ("", "location", "warehouse", "units")

    @staticmethod
    def _is_called(name, place):
        """Whether that is its whole name. Stock is a quantity before it is a place."""
        if place._name == "stock.location":
            names = () if describe(name).field == "units" else (place.name,)
            names = names and (*names, place.complete_name)
        else:
            names = (place.name, place.code)
        return name.strip().casefold() in {text.casefold() for text in names}

    def _judge_items(self, names, samples, columns):
        """The item column is the one with items in it; where two columns name different
        items, somebody has to say which of them is right."""
        options = [i for i, name in enumerate(names) if describe(name).field == "item"]
        # Of a list without headings any column may be it.
        options = options if any(names) else list(range(len(names)))
        if len(options) < 2 and any(names):
            return columns
        options.sort(key=lambda i: (describe(names[i]).rank, i))
        found = {i: self._read_items(samples[i]) for i in options}
        known = [i for i in options if any(found[i])]
        if not known:
            return columns
        first = known[0]
        others = [i for i in known[1:] if self._differ(found[first], found[i])]
        fields = [None if field == "item" else field for field in columns.fields]
        doubts = {f: d for f, d in columns.doubts.items() if f != "item"}
        if others:
            doubts["item"] = [first, *others]
        else:
            fields[first] = "item"
        return Columns(fields, doubts)

    def _read_items(self, values):
        """The items that the first values of a column name: tuples of ids."""
        texts = [_as_code(value) for value in values[:JUDGED]]
        self._lookup.read_products(set(texts))
        return [self._lookup.products.get(text, ()) for text in texts]

    def _differ(self, some, others):
        pairs = zip(some, others, strict=True)
        return any(one and two and set(one).isdisjoint(two) for one, two in pairs)

    def _judge_places(self, names, samples, fields):
        """A column of warehouses is one, whatever it is called."""
        for i, field in enumerate(fields):
            values = {text for v in samples[i] if (text := _as_code(v))}
            known = [value for value in values if self._lookup.warehouse(value)]
            if field == "location" and "warehouse" not in fields:
                is_warehouse = values and len(known) == len(values)
                fields[i] = "warehouse" if is_warehouse else field
            elif field == "warehouse" and describe(names[i]).field == "location":
                fields[i] = field if known else None

    @staticmethod
    def _judge_times(names, samples, fields):
        """Day and time in two columns are one field; pocket scanners write no headings
        over them."""
        free = [i for i, field in enumerate(fields) if field in (None, "counted_at")]
        days = [i for i in free if _are_all(is_day, samples[i])]
        clocks = [i for i in free if _are_all(is_clock, samples[i])]
        if len(days) != 1 or len(clocks) != 1:
            return
        pair = (*days, *clocks)
        known = [i for i, field in enumerate(fields) if field == "counted_at"]
        if not any(names) or (known and set(known) <= set(pair)):
            for i in pair:
                fields[i] = "counted_at"


def _are_all(condition, values):
    filled = [value for value in values if value not in (None, "")]
    return bool(filled) and all(map(condition, filled))


def _as_code(value):
    try:
        return read_code(value)
    except Doubtful:
        return ""
