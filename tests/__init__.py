from . import test_reconciliation
from . import test_concurrency
from . import test_access
