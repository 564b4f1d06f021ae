"""What a scanned text says, whatever kind of code it is: text in, a ``Reading`` out.

Read read_code first (the one way in) and reading (what it answers). Each kind of code
has a module that turns a text into elements, pairs of an application identifier and a
value: element_string, digital_link and epc. elements says what these mean. The same is
written in JavaScript in ``static/src/count_app/catalogue/codes``, file by file.
"""

from .read_code import MAX_LENGTH, clean, read_code
from .reading import Problem, Reading
from .spellings import spellings
