"""Tables that somebody sent or gets, as CSV, XLS or XLSX: open_book.py first."""
