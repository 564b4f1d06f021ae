"""Tests stand in the rooms of what they test; ``whole`` has those of all rooms.

``domain`` is not imported: its tests need no Odoo, and plain pytest runs them.
"""

from .app import (
    test_count_app,
    test_count_app_access,
    test_count_app_blind,
    test_count_app_camera,
    test_count_app_documents,
    test_count_app_finder,
    test_count_app_http,
    test_count_app_sync,
    test_count_app_tour,
)
from .audit import test_setting_log
from .book import (
    test_fences,
    test_physical_states,
    test_traces,
)
from .codes import (
    test_code_doors,
    test_codes,
)
from .documents import (
    test_correct_transfer,
    test_document_answers,
    test_document_tour,
    test_document_words,
    test_documents,
)
from .everything import (
    test_made_and_sold,
    test_other_operations,
    test_subcontracting_and_landed_costs,
)
from .exceptions import (
    test_exceptions,
    test_proof,
)
from .figures import (
    test_dashboard,
    test_dashboard_tour,
    test_digest,
)
from .importing import (
    test_counted_since,
    test_import,
    test_import_bad_input,
    test_import_columns,
    test_import_crash,
    test_import_files,
    test_import_http,
    test_import_sheets,
    test_import_tour,
)
from .jobs import (
    test_job_crash,
    test_jobs,
)
from .planning import (
    test_sampling,
    test_selection,
)
from .policy import (
    test_classes,
    test_tolerance,
)
from .posting import (
    test_accounting_date,
    test_checked_books,
    test_history,
    test_matching,
    test_old_stock,
    test_posting,
    test_promises,
    test_reasons,
    test_serials_lots_packages,
    test_undo,
    test_valuation,
)
from .recording import (
    test_api,
    test_bad_input,
    test_former_lots_and_kits,
    test_hostile_texts,
    test_recording,
    test_recounts,
)
from .report import (
    test_report_catalogue,
    test_report_coverage,
    test_report_excel,
    test_report_figures,
    test_report_history,
    test_report_http,
    test_report_review,
    test_report_wizard,
)
from .review import (
    test_approval_screen,
    test_causes,
    test_holds,
)
from .session import (
    test_autosave,
    test_autosave_browser,
    test_count_sheet,
    test_option_tours,
    test_options,
    test_session,
)
from .whole import (
    test_access,
    test_back_door,
    test_case_tour,
    test_chatter,
    test_companies,
    test_concurrency,
    test_const,
    test_control_abuse,
    test_demo,
    test_evidence,
    test_fuzz,
    test_install,
    test_option_170,
    test_reconciliation,
    test_rights,
    test_sealed,
    test_simulation,
    test_simulation_orders,
    test_simulation_things,
    test_soak,
    test_speed,
    test_tours,
    test_words,
)
