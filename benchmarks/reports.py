"""Report 146 of 100,000 lines as an Excel file, against xlsxwriter writing the same
cells, and on screen; of 5,000 lines as a PDF.

All lines are counted, one in ten differs: what a review of a year's end looks like.
"""

import resource
import tempfile

import xlsxwriter

import sessions
import world
from figures import Figure

ROUNDS = 3
PRINTED = 5000

FIGURES = [
    Figure(
        "Excel of 100,000 lines, s",
        "reports.excel",
        "reports.xlsxwriter_alone",
        at_most_times=2,
    ),
    Figure(
        "its CPU, s",
        "reports.excel",
        "reports.xlsxwriter_alone",
        key="cpu",
        at_most_times=2,
    ),
    Figure("its queries", "reports.excel", key="queries"),
    Figure("its peak memory, MB", "reports.excel", key="memory", at_most=300),
    Figure("its size, MB", "reports.excel", key="size"),
    Figure("PDF of 5,000 lines, s", "reports.pdf", at_most=15),
    Figure("its CPU with wkhtmltopdf's, s", "reports.pdf", key="cpu"),
    Figure("its peak memory, Odoo, MB", "reports.pdf", key="memory", at_most=400),
    Figure("its peak memory, wkhtmltopdf, MB", "reports.pdf", key="child", at_most=400),
    Figure("open 100,000 lines on screen, s", "reports.screen"),
    Figure("the page in their middle, s", "reports.screen", key="page"),
]


@world.piece
def excel(env):
    report, filters = _review(env)
    with tempfile.TemporaryFile() as target:
        with world.Watch(env) as watch:
            lines = report._write_excel(filters, target)
        return {**watch.result, "lines": lines, "size": target.tell() / 1e6}


@world.piece
def xlsxwriter_alone(env):
    """The same cells, made before, in the way that takes xlsxwriter the least."""
    report, filters = _review(env)
    columns = report._get_columns()
    cells = [
        tuple(None if row[c.key] in ("", False) else row[c.key] for c in columns)
        for row in report._read_rows(filters)
    ]
    kinds = [column.type for column in columns]
    with tempfile.TemporaryFile() as target, world.Watch(env) as watch:
        _write(target, kinds, cells)
    return {**watch.result, "lines": len(cells)}


def _write(target, kinds, cells):
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet()
    money = book.add_format({"num_format": "#,##0.00"})
    date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    texts = (sheet.write_string, book.add_format())
    numbers, dates = (sheet.write_number, money), (sheet.write_datetime, date)
    kinds_ = {"text": texts, "datetime": dates}
    writers = [kinds_.get(kind, numbers) for kind in kinds]
    for number, row in enumerate(cells):
        for index, value in enumerate(row):
            if value is not None:
                write, look = writers[index]
                write(number, index, value, look)
    book.close()


@world.piece
def pdf(env):
    session = _count_all(env, sessions.create(env, "Benchmark: printed", bins=100))
    # As many as a PDF takes, of the first bins in the order of walking.
    env.cr.execute(
        """DELETE FROM stock_count_line WHERE session_id = %s AND id NOT IN (
               SELECT id FROM stock_count_line WHERE session_id = %s
                ORDER BY id LIMIT %s)""",
        [session.id, session.id, PRINTED],
    )
    env.invalidate_all()
    printer = env["ir.actions.report"].with_context(force_report_rendering=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with world.Watch(env) as watch:
        content, kind = printer._render_qweb_pdf(
            "stock_count.report_review_document", session.ids
        )
    if kind != "pdf":
        raise RuntimeError("wkhtmltopdf made no PDF")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        **watch.result,
        "cpu": watch.cpu + worked,
        "child": after.ru_maxrss / 1024,
        "size": len(content) / 1e6,
    }


@world.piece
def screen(env):
    report, filters = _review(env)
    asked = filters.dump()
    with world.Watch(env) as watch:
        count = report.get_screen(asked)["count"]
        report.get_rows(asked)
    with world.Watch(env) as page:
        report.get_rows(asked, count // 2)
    return {**watch.result, "page": page.seconds, "lines": count}


def _review(env):
    session = _count_all(env, sessions.find(env, sessions.LARGE))
    report = env["report.stock_count.report_review_document"]
    # Known once an Odoo has been started: the process that lists figures has none.
    from odoo.addons.stock_count.report.engine.definition import Filters

    return report, Filters(session_ids=tuple(session.ids))


def _count_all(env, session):
    """Every line counted, as entries leave it, one in ten with a variance."""
    if not session.line_ids[:1]:
        session.action_generate()
    env.flush_all()
    env.cr.execute(
        """
        UPDATE stock_count_line
           SET is_counted = TRUE, state = 'counted', counted_by_id = %s,
               counted_at = now() AT TIME ZONE 'UTC',
               found_qty = greatest(expected_qty + CASE WHEN id %% 20 = 0 THEN 1
                   WHEN id %% 20 = 1 THEN -1 ELSE 0 END, 0),
               variance_qty = CASE WHEN id %% 20 = 0 THEN 1
                   WHEN id %% 20 = 1 THEN -1 ELSE 0 END,
               variance_value = CASE WHEN id %% 20 = 0 THEN unit_cost
                   WHEN id %% 20 = 1 THEN -unit_cost ELSE 0 END
         WHERE session_id = %s
        """,
        [env.uid, session.id],
    )
    env.invalidate_all()
    return session
