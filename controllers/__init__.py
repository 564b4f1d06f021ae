from . import count_app, count_report
