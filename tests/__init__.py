from . import test_reconciliation
from . import test_concurrency
from . import test_access
from . import test_session
from . import test_recording
from . import test_posting
from . import test_back_door
