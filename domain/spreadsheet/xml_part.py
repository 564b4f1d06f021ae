"""XML event by event, for the parts of XLSX and for SpreadsheetML."""

from collections.abc import Iterable, Iterator
from xml.parsers import expat

from .book import Unreadable
from .budget import MAX_DEPTH, MAX_TOKEN


def feed(blocks: Iterable[bytes], part: "Part") -> Iterator[None]:
    """Parse XML block by block, letting the caller take what the part has found.

    :raise Unreadable: where it is damaged, or made to fill the memory
    """
    parser, fed = part.make_parser(), 0
    try:
        for block in blocks:
            parser.Parse(block)
            fed += len(block)
            if max(fed - parser.CurrentByteIndex, part.pending) > MAX_TOKEN:
                raise Unreadable("zip_bomb")
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("damaged") from error


class Part:
    """What one kind of part says; the names of elements come without a prefix."""

    # The text of a cell that has not ended yet.
    _pieces: list[str] | None = None
    _depth_now = 0

    @property
    def pending(self) -> int:
        return sum(map(len, self._pieces or ()))

    def make_parser(self):
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        # Neither entities nor files from elsewhere: a spreadsheet has no use for them.
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        return parser

    def _refuse_doctype(self, *_args):
        raise Unreadable("damaged")

    def _start(self, name, attributes):
        self._depth_now += 1
        if self._depth_now > MAX_DEPTH:
            raise Unreadable("damaged")
        self.start(name.rpartition(":")[2], attributes)

    def _end(self, name):
        self._depth_now -= 1
        self.end(name.rpartition(":")[2])

    def _text(self, text):
        pass

    def start(self, name, attributes):
        raise NotImplementedError

    def end(self, name):
        pass


def read_index(text: str) -> int:
    """A place in a list. Python also takes 1_0 and -1, which no spreadsheet writes.

    >>> read_index("12")
    12
    """
    number = int(text)
    if number < 0 or "_" in text:
        raise ValueError(text)
    return number


def read_number(text: str) -> float:
    """A number as spreadsheets write it, which is without _ between its digits.

    >>> read_number("1.5e3")
    1500.0
    """
    if "_" in text:
        raise ValueError(text)
    return float(text)


def whole(number: float) -> int | float:
    """A number without decimals as one that has none.

    >>> whole(5.0), whole(5.5)
    (5, 5.5)
    """
    is_plain = number.__class__ is float and number.is_integer()
    return int(number) if is_plain else number
