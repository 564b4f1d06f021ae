"""How a lower room lets higher ones know, without knowing them.

A room that has something to say sends a signal; a room above it that has something to
do then listens, in its ``__init__.py``, in the order in which it is to be done:

    listen("posted", "stock.count.watch", "_after_posting")

The signals and what they carry:

- ``recount_asked`` (lines): their next round is open.
- ``counts_changed`` (line ids): what was found, or that it was, is another than before.
- ``counted`` (lines): entries were recorded for them and their variance is judged.
- ``refused`` (session, drafts): these drafts of a call, or some of them, were not
  recorded.
- ``posted`` (session, lines, outcome, lost): a posting of these lines is over; ``lost``
  are the promises to customers that it broke.
- ``undone`` (lines): the postings of these lines were reversed.
- ``session_state`` (sessions, state): they have come to this state.

The questions, which are asked of higher rooms in the same way:

- ``products_in_scope`` (session): a domain that narrows which products it counts.
"""

from collections import defaultdict

_LISTENERS = defaultdict(list)


def listen(signal, model, method):
    """Have a model's method called with what the signal carries, in its sender's
    transaction.

    :param str signal: one of those above
    :param str model: name of the model
    :param str method: called on an empty recordset
    """
    _LISTENERS[signal].append((model, method))


def send(env, signal, *values):
    """Call all that listen, in the order of their rooms."""
    for model, method in _LISTENERS[signal]:
        getattr(env[model], method)(*values)


def ask(env, question, *values):
    """What all that listen answer, in the order of their rooms.

    :rtype: list
    """
    return [
        getattr(env[model], method)(*values) for model, method in _LISTENERS[question]
    ]
