from . import count_app, count_import, count_report
