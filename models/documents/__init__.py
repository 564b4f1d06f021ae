"""Open documents that may book what a count has found: claims (which documents lie
around a line), trace (former lines of transfers), stock_count_document (what a person
said of one, and what that explains), open_documents (which ones wait for an answer),
describe (what people are shown), line_documents (what a line says of them),
correct_transfer (a transfer is put right).
"""

from . import claims, stock_count_document, stock_count_trace  # isort: split

from . import correct_transfer, describe, line_documents, open_documents
