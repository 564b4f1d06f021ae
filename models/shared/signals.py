"""How a lower room notifies higher rooms without importing them.

A room sends a signal where something happened. A higher room that has to act on it
listens in its own ``__init__.py``. Listeners are called in the order of their rooms:

    listen("posted", "stock.count.watch", "_after_posting")

The signals, and the values that they carry:

- ``recount_asked`` (lines): a next round of these lines was opened.
- ``counts_changed`` (line ids): what was found on these lines has changed.
- ``counted`` (lines): entries of these lines were recorded, and their variances judged.
- ``refused`` (session, drafts): a call ended, and some of these drafts may be refused.
- ``posted`` (session, lines, outcome, lost): a posting of these lines ended. ``lost``
  are the promises to customers that it broke.
- ``undone`` (lines): the postings of these lines were reversed.
- ``session_state`` (sessions, state): these sessions reached this state.

Questions go the same way, and are answered by higher rooms:

- ``products_in_scope`` (session): a domain that narrows the products to count.
- ``counters`` (lines): users who had a hand in these counts besides who is said to have
  counted.
"""

from collections import defaultdict

_LISTENERS = defaultdict(list)


def listen(signal, model, method):
    """Call a method of a model for each signal of this name.

    The method runs in the transaction of the sender.

    :param str signal: name of a signal or question, see above
    :param str model: name of the model
    :param str method: name of the method; called on an empty recordset, with the values
        of the signal
    """
    _LISTENERS[signal].append((model, method))


def send(env, signal, *values):
    """Call all listeners of a signal, in the order of their rooms.

    :param values: what the signal carries
    """
    for model, method in _LISTENERS[signal]:
        getattr(env[model], method)(*values)


def ask(env, question, *values):
    """Call all listeners of a question, in the order of their rooms.

    :param values: what the question carries
    :return: list of their answers
    """
    return [
        getattr(env[model], method)(*values) for model, method in _LISTENERS[question]
    ]
