"""Count sheets that come back, and who counted them (I3, I12, I13)."""

import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.stock_count.domain.spreadsheet.open_book import open_book

from .test_import import LEAD, ImportCommon

COUNTER = "stock_count.group_count_counter"


class SheetsCommon(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.washer = cls._create_product("Washer", default_code="WSH")
        cls._book(cls.screw, cls.bin_a, 9)
        cls._book(cls.washer, cls.bin_a, 4)
        cls.session = cls._create_session(cls.bin_a)

    def _sheet(self):
        """The rows of the count sheet of the session, headings first."""
        target = io.BytesIO()
        self.env["stock.count.import"]._write_template("csv", target, self.session)
        return [row.values for row in open_book(target, "sheet.csv").rows()]

    def _fill(self, found, **more):
        """The sheet with a quantity of some items, and more cells in these rows."""
        heading, *rows = self._sheet()
        names = [name.strip("*") for name in heading]
        for row in rows:
            row.extend([""] * (len(names) - len(row)))
            item = row[names.index("Item ID")]
            for name, value in {"Units": found.get(item, ""), **more}.items():
                row[names.index(name)] = str(value)
        return "\n".join(",".join(map(str, row)) for row in (heading, *rows)).encode()

    def _line_of(self, product):
        return self._line(self.session, product, self.bin_a)


@tagged("post_install", "-at_install")
class TestImportSheets(SheetsCommon):
    def test_a_sheet_continues_its_count_whatever_it_is_called(self):
        """I13: also for a row that somebody has written below."""
        content = self._fill({"SCR": 9}) + b"\n,,Bin A,Glue,L-1,,,2"
        record = self._check_file(content, "from the printer.csv")
        self.assertEqual(record.session_name, self.session.name)
        self.assertEqual(record.warehouse_id, self.warehouse)
        self.assertFalse(record.error_count, record.problem_ids.mapped("message"))
        record.action_import()
        self.assertEqual(record.session_ids, self.session)
        self.assertEqual(self._line_of(self.glue).found_qty, 2)

    def test_a_file_that_is_called_like_a_count_continues_it(self):
        """I13: without a column that says so; a browser may have added to the name."""
        content = b"Item;Location;Units\nSCR;Bin A;9\n"
        name = f"Cycle Count {self.session.name} (1).csv"
        record = self._import(content, name)
        self.assertEqual(record.session_ids, self.session)
        self.assertEqual(self._line_of(self.screw).found_qty, 9)

    def test_a_file_that_is_called_like_a_closed_count_makes_another(self):
        """I7: nothing is added to what is posted."""
        self._count(self.session, self.screw, self.bin_a, 9)
        self._count(self.session, self.washer, self.bin_a, 4)
        self._post(self.session)
        content = b"Item;Location;Units\nSCR;Bin A;9\n"
        name = f"{self.session.name}.csv"
        record = self._upload(content, name)
        self.assertFalse(record.warehouse_id)
        self.assertEqual(record.session_name, self.session.name)

    def test_a_sheet_of_a_recount_has_what_is_left(self):
        """I13: the lines of the recount, with their round."""
        self._import(self._fill({"SCR": 5, "WSH": 4}))
        self._line_of(self.screw).action_request_recount()
        heading, row = self._sheet()
        sheet = dict(zip(heading, row, strict=False))
        self.assertEqual((sheet["Item ID*"], sheet["Count Round"]), ("SCR", "2"))

    def test_the_same_quantity_in_a_recount_is_counted(self):
        """I6, I13: it is the answer to the recount, and no row that came before; the
        sheet of the first round stays one."""
        first = self._fill({"SCR": 5, "WSH": 4})
        self._import(first)
        line = self._line_of(self.screw)
        line.action_request_recount()
        self.assertEqual(self._check_file(first).known_count, 2)
        self.assertFalse(line.is_counted)
        content = self._fill({"SCR": 5})
        record = self._import(content)
        self.assertEqual((record.recorded_count, line.found_qty), (1, 5))
        self.assertCountEqual(line.entry_ids.mapped("round"), [1, 2])
        self.assertEqual(self._check_file(content).known_count, 1)

    def test_a_sheet_of_an_earlier_round_is_refused(self):
        """I13: another recount was asked for meanwhile."""
        self._import(self._fill({"SCR": 5, "WSH": 4}))
        line = self._line_of(self.screw)
        line.action_request_recount()
        late = self._fill({"SCR": 6})
        self._count(self.session, self.screw, self.bin_a, 7)
        line.action_request_recount()
        record = self._check_file(late)
        self.assertEqual(self._problems(record), [(2, "round", "other_round")])

    def test_a_sheet_without_a_recount_has_no_rounds(self):
        """I3: nobody has to know of them."""
        self.assertNotIn("Count Round", self._sheet()[0])


@tagged("post_install", "-at_install")
class TestImportCountedBy(SheetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nadia = cls._create_user("nadia", COUNTER)
        cls.lead = cls._create_user("lead", LEAD)

    def _counters(self, product=None):
        entries = self._line_of(product or self.screw).entry_ids
        return entries.mapped("user_id.login")

    def test_a_row_says_who_counted_it(self):
        """I12: by login or name; who imports it counted the others."""
        self.env = self.env(user=self.lead)
        content = self._fill({"SCR": 9}, **{"Counted By": "nadia"})
        self._import(content)
        self.assertEqual(self._counters(), ["nadia"])
        self._import(self._fill({"WSH": 4}))
        self.assertEqual(self._counters(self.washer), ["lead"])

    def test_a_whole_file_says_who_counted_it(self):
        """I12: a sheet of paper that somebody typed in."""
        self._import(self._fill({"SCR": 9}), counted_by_id=self.nadia.id)
        self.assertEqual(self._counters(), ["nadia"])

    def test_who_counted_a_file_makes_no_other_rows(self):
        """I6: the same file again changes nothing, whoever is said to have counted."""
        content = self._fill({"SCR": 9})
        self._import(content, counted_by_id=self.nadia.id)
        self.assertEqual(self._check_file(content).known_count, 1)

    def test_rows_keep_their_answers(self):
        """I12: where several people counted, each refusal is of its row."""
        content = self._fill({"SCR": 9, "WSH": 4}, **{"Counted By": ""})
        heading, screw, washer = content.decode().splitlines()
        screw = ",".join(
            "nadia" if name == "Counted By" else cell
            for name, cell in zip(heading.split(","), screw.split(","), strict=True)
        )
        record = self._import("\n".join((heading, screw, washer)).encode())
        self.assertEqual(record.recorded_count, 2)
        self.assertEqual(self._counters(), ["nadia"])
        self.assertNotEqual(self._counters(self.washer), ["nadia"])

    def test_a_name_that_nobody_has_is_refused(self):
        """I12: or somebody else would be said to have counted."""
        content = self._fill({"SCR": 9}, **{"Counted By": "Nobody"})
        record = self._check_file(content)
        self.assertEqual(self._problems(record)[0][1:], ("counted_by", "unknown_user"))
        stranger = self._create_user("stranger", "base.group_user")
        record = self._check_file(self._fill({"SCR": 9}))
        record.action_back()
        record.counted_by_id = stranger
        with self.assertRaisesRegex(UserError, "isn't allowed to count"):
            record.action_check()

    def test_a_recount_is_counted_by_another(self):
        """I12, I13: who counted the first round does not answer the recount, on paper
        either; who imports both may."""
        self.company.count_recount_other_counter = True
        self.env = self.env(user=self.lead)
        self._import(self._fill({"SCR": 5}), counted_by_id=self.nadia.id)
        self._line_of(self.screw).action_request_recount()
        content = self._fill({"SCR": 6}, **{"Counted By": "nadia"})
        record = self._check_file(content)
        self.assertIn("refused", record.problem_ids.mapped("code"))
        record = self._check_file(self._fill({"SCR": 6}))
        self.assertFalse(record.error_count, record.problem_ids.mapped("message"))

    def test_the_counter_does_not_approve(self):
        """I12: segregation goes by who counted on paper."""
        self._import(self._fill({"SCR": 5}), counted_by_id=self.nadia.id)
        self.session.action_check_all()
        self.session.action_submit()
        approval = self.env["stock.count.approval"].search(
            [("session_id", "=", self.session.id)]
        )
        self.assertIn(self.nadia, approval._find_counters())

    def test_who_typed_it_does_not_approve(self):
        """I12: an approver imports in another's name what a lead then submits."""
        self.company.count_require_approval = True
        approver = self._create_user("typist", "stock_count.group_count_manager")
        test_env = self.env
        self.env = self.env(user=approver)
        self._import(self._fill({"SCR": 5}), counted_by_id=self.nadia.id)
        self.env = test_env
        self.assertEqual(self._counters(), ["nadia"])
        session = self.session.with_env(self.env)
        session.action_check_all()
        session.action_submit()
        with self.assertRaisesRegex(AccessError, "another approver"):
            session.with_user(approver).action_approve()
