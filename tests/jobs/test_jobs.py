from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.stock_count.models.jobs import run
from odoo.addons.stock_count.models.session import background

from ..job_common import ITEMS, JobCommon

LEAD = "stock_count.group_count_lead"
MANAGER = "stock_count.group_count_manager"


@tagged("post_install", "-at_install")
class TestJobs(JobCommon):
    """Large work goes on in the background, chunk by chunk (P14, Z3)."""

    # === POSTING === #

    def test_a_large_posting_goes_on_in_the_background(self):
        """P14: the button answers at once, the scheduler posts."""
        session = self._counted()
        answer = session.action_post()
        self.assertIn("background", answer["params"]["message"])
        self.assertEqual(self._books(), [10] * ITEMS)
        self._run_scheduler()
        self.assertEqual(self._books(), [9] * ITEMS)
        self.assertEqual(session.state, "posted")
        self.assertEqual(self._job(session).state, "done")

    def test_a_job_tells_what_became_of_the_lines(self):
        """P14, P19: in the history of the count, as posting at once does."""
        session = self._started()
        self._run_scheduler()
        self.assertIn("6 lines posted. 6 stock moves made.", self._job(session).message)
        told = " ".join(session.message_ids.mapped("body"))
        self.assertIn("6 lines posted.", told)
        self.assertEqual(session.posted_by_id, self.env.user)

    def test_a_small_posting_is_done_at_once(self):
        """P14: nobody waits for a scheduler because of two lines."""
        session = self._counted()
        self._post(session, session.line_ids[:2])
        self.assertFalse(self._job(session))
        self.assertEqual(session.state, "partial")

    def test_lines_that_need_no_move_count_a_twentieth(self):
        """P14: six lines that are right are posted at once."""
        session = self._counted(qty=10)
        session.action_post()
        self.assertFalse(self._job(session))
        self.assertEqual(session.state, "posted")

    def test_without_a_limit_nothing_goes_into_the_background(self):
        """P14, option background size: 0 is never."""
        self.company.count_background_lines = 0
        session = self._started()
        self.assertEqual(session.state, "posted")

    def test_a_chunk_is_committed_with_how_far_it_is(self):
        """P14: the bar moves, and tells the time left."""
        session = self._started()
        self._do_chunk()
        [progress] = self._job(session).get_progress()
        self.assertEqual((progress["done"], progress["percent"]), (2, 33))
        self.assertEqual(sorted(self._books()), [9, 9, 10, 10, 10, 10])
        self.assertEqual(session.state, "partial")
        self._job(session).sudo().work_seconds = 4
        self.assertEqual(self._job(session).get_progress()[0]["seconds_left"], 8)

    def test_a_line_that_cannot_be_posted_does_not_stop_the_others(self):
        """P13, P14."""
        session = self._counted()
        line = session.line_ids[0]
        line.reason_id = self.env["stock.count.reason"].create(
            {"name": "Found again", "code": "FND", "sign": "shortage"}
        )
        line.reason_id.sign = "overage"
        session.action_post()
        self._run_scheduler()
        self.assertEqual(line.state, "failed")
        self.assertEqual(session.state, "partial")
        self.assertIn("1 not posted", self._job(session).message)
        self.assertEqual(sorted(self._books()), [9] * 5 + [10])

    def test_what_is_unchecked_meanwhile_is_not_posted(self):
        """P4, P14: each chunk looks again."""
        session = self._started()
        self._do_chunk()
        left = session.line_ids.filtered(lambda line: line.state == "counted")
        left[-1].to_post = False
        self._run_scheduler()
        self.assertEqual(left[-1].state, "counted")
        self.assertEqual(session.state, "partial")

    def test_what_is_counted_meanwhile_is_recorded(self):
        """P14: a user can go on working."""
        session = self._started()
        self._do_chunk()
        line = self._count(session, self.screw, self.bin_a, 3)
        self._run_scheduler()
        self.assertEqual(line.found_qty, 3)
        self.assertEqual(line.state, "counted")
        self.assertEqual(session.state, "partial")

    # === WHAT BELONGS TOGETHER === #

    def test_a_package_found_elsewhere_is_posted_in_one_chunk(self):
        """Rule 10, P14: all its lines, here and where it was."""
        pallet = self._create_package("Pallet")
        for item in self.items[:3]:
            self._book(item, self.bin_b, 4, package=pallet)
        session = self._create_session(self.bin_a | self.bin_b)
        for item in self.items[:3]:
            self._count(session, item, self.bin_a, 4, package_id=pallet.id)
            self._count(session, item, self.bin_b, 0, package_id=pallet.id)
        session.action_check_all()
        session.action_post()
        [chunk] = self._job(session).sudo().params["chunks"]
        self.assertEqual(len(chunk), 6)
        self._run_scheduler()
        self.assertEqual(pallet.location_id, self.bin_a)
        self.assertEqual(session.move_count, 3)

    def test_serials_seen_elsewhere_move_whatever_their_order(self):
        """P3, P14: missing in the first bin, seen in the last one."""
        serials = [self._create_lot(self.drill, f"D{i}") for i in range(4)]
        for serial in serials:
            self._book(self.drill, self.bin_a, 1, lot=serial)
        session = self._create_session(self.bin_a | self.bin_b)
        for serial in serials:
            self._count(session, self.drill, self.bin_a, 0, lot_id=serial.id)
            self._count(session, self.drill, self.bin_b, 1, lot_id=serial.id)
        session.action_check_all()
        session.action_post()
        self._run_scheduler()
        self.assertEqual(
            set(session.line_ids.mapped("state")) - {"to_count"}, {"posted"}
        )
        self.assertEqual(session.move_count, 4)

    # === GENERATING AND UNDOING === #

    def test_a_large_scope_is_generated_in_the_background(self):
        """D1, P14: the lines that generating at once would make."""
        for item in self.items:
            self._book(item, self.bin_b, 5)
        self.company.count_background_lines = 0
        expected = self._create_session().line_ids.mapped("product_id.name")
        session = self._create_in_background()
        self.assertFalse(session.line_ids)
        self.assertIn("background", session.next_step)
        self._do_chunk()
        self.assertEqual(session.line_count, 6)
        self._run_scheduler()
        self.assertEqual(session.line_ids.mapped("product_id.name"), expected)

    def _create_in_background(self):
        self.company.count_background_lines = 1
        with patch.object(background, "LIGHT", 1):
            return self._create_session()

    def test_a_large_posting_is_undone_in_the_background(self):
        """P15, P14: by reverse moves, line by line once."""
        session = self._started()
        self._run_scheduler()
        session.action_undo_posting()
        self._do_chunk()
        self.assertEqual(session.state, "partial")
        self._run_scheduler()
        self.assertEqual(self._books(), [10] * ITEMS)
        self.assertEqual(session.state, "open")
        self.assertIn("Posting undone: 6 lines.", self._job(session).message)

    def test_what_cannot_be_undone_stays_posted(self):
        """P15, P14: and the count stays posted with it."""
        session = self._started()
        self._run_scheduler()
        for item in self.items:
            self._deliver(item, 1, self.bin_a)
        session.action_undo_posting()
        self._run_scheduler()
        self.assertEqual(session.state, "posted")
        self.assertIn("6 not undone", self._job(session).message)

    # === ONE AT A TIME === #

    def test_a_verb_that_would_run_into_a_job_is_refused_with_its_name(self):
        """P14, X5: what goes on, how far, who started it."""
        session = self._started()
        for verb in (
            "action_post",
            "action_submit",
            "action_cancel",
            "action_generate",
            "action_refresh",
            "action_undo_posting",
            "action_count_rest_as_zero",
        ):
            with self.subTest(verb), self.assertRaisesRegex(UserError, "0 of 6"):
                getattr(session, verb)()
        self.assertIn("Posting in the background", session.next_step)

    def test_a_count_whose_lines_are_being_made_is_not_deleted(self):
        """P14: the job is cancelled first."""
        session = self._create_in_background()
        with self.assertRaisesRegex(UserError, "0 of 6"):
            session.unlink()
        self._job(session).action_cancel()
        session.unlink()
        self.assertFalse(session.exists())

    def test_the_scope_stays_while_a_job_works(self):
        """P14: what is half made is not made something else."""
        session = self._started()
        lead = self._create_user("lead", LEAD)
        with self.assertRaisesRegex(UserError, "in the background"):
            session.with_user(lead).location_ids = self.bin_b

    def test_jobs_take_turns(self):
        """P14: a small job does not wait for the end of a large one."""
        first = self._started()
        second = self._counted(qty=8)
        second.action_post()
        for _turn in range(2):
            self._do_chunk()
        self.assertEqual(self._job(first).done, 2)
        self.assertEqual(self._job(second).done, 2)

    # === CANCEL AND RETRY === #

    def _rests(self, entries):
        """Post six lines in three chunks; the rests between them.

        :param list entries: the number of the last entry after each chunk
        """
        session = self._started()
        with (
            patch.object(type(self.Jobs), "_read_last_entry", side_effect=entries),
            patch.object(run.time, "sleep") as sleep,
        ):
            self._run_scheduler()
        self.assertEqual(self._job(session).state, "done")
        return [call.args[0] for call in sleep.call_args_list]

    def test_posting_rests_between_chunks_while_somebody_counts(self):
        """P14: as long as it worked, but not after the last."""
        [rest] = self._rests([7, 8, 9])
        self.assertGreater(rest, 0)
        self.assertLessEqual(rest, run.BUDGET)

    def test_posting_rests_for_nobody(self):
        """P14: while nobody counts it takes no longer."""
        self.assertFalse(self._rests([7, 7, 7]))

    def test_what_is_recorded_by_anybody_is_seen_at_once(self):
        """P14: also before it is committed."""
        before = self.Jobs._read_last_entry()
        self._counted()
        self.assertGreater(self.Jobs._read_last_entry(), before)

    def test_a_job_that_is_cancelled_keeps_what_it_has_done(self):
        """P14: the rest stays checked, and can be posted again."""
        session = self._started()
        self._do_chunk()
        self._job(session).action_cancel()
        self._run_scheduler()
        self.assertEqual(sorted(self._books()), [9, 9, 10, 10, 10, 10])
        self.assertEqual(session.to_post_count, 4)
        self.assertIn("Cancelled after 2 of 6", self._job(session).message)
        session.action_post()
        self._run_scheduler()
        self.assertEqual(self._books(), [9] * ITEMS)

    def test_a_job_that_did_not_begin_is_cancelled_without_a_trace(self):
        """P14."""
        session = self._started()
        self._job(session).action_cancel()
        self.assertEqual(session.state, "open")
        self.assertEqual(session.to_post_count, 6)

    def test_a_job_that_has_ended_is_not_cancelled(self):
        """P14."""
        session = self._started()
        self._run_scheduler()
        with self.assertRaisesRegex(UserError, "has ended"):
            self._job(session).action_cancel()
        with self.assertRaisesRegex(UserError, "has not failed"):
            self._job(session).action_retry()

    def test_a_job_whose_owner_lost_the_right_fails_and_is_retried(self):
        """P14, Z2: nothing is posted twice after the retry."""
        lead = self._create_user("lead", LEAD)
        session = self._counted()
        session.with_user(lead).action_post()
        self._do_chunk()
        lead.group_ids -= self.env.ref(LEAD)
        self._do_chunk()
        job = self._job(session)
        self.assertEqual((job.state, job.done), ("failed", 2))
        self.assertIn("counting lead", job.error)
        self.assertIn("stopped", session.next_step)
        lead.group_ids += self.env.ref(LEAD)
        job.action_retry()
        self._run_scheduler()
        self.assertEqual(self._books(), [9] * ITEMS)
        self.assertEqual(session.move_count, ITEMS)

    def test_a_posting_ends_where_option_170_is_switched_on_meanwhile(self):
        """P14, Option 170: each chunk asks again who may post."""
        session = self._counted()
        session.with_user(self._create_user("lead", LEAD)).action_post()
        self._do_chunk()
        self.company.count_require_approval = True
        self._do_chunk()
        job = self._job(session)
        self.assertEqual((job.state, job.done), ("failed", 2))
        self.assertIn("Option 170", job.error)

    def test_an_undo_ends_where_its_owner_lost_the_right(self):
        """P15, P14: each chunk asks again who may undo."""
        manager = self._create_user("manager", MANAGER)
        session = self._started()
        self._run_scheduler()
        session.with_user(manager).action_undo_posting()
        self._do_chunk()
        manager.group_ids -= self.env.ref(MANAGER)
        manager.group_ids += self.env.ref(LEAD)
        self._do_chunk()
        self.assertIn("count manager", self._job(session).error)
        self.assertEqual(self._books(), [10, 10, 9, 9, 9, 9])

    def test_a_job_of_somebody_who_left_says_so(self):
        """P14, Z2."""
        lead = self._create_user("lead", LEAD)
        session = self._counted()
        session.with_user(lead).action_post()
        lead.active = False
        self._run_scheduler()
        self.assertIn("is archived", self._job(session).error)

    @mute_logger("odoo.addons.stock_count.models.jobs.run")
    def test_what_nobody_foresaw_is_told_and_rolled_back(self):
        """P14, Z3: the chunk leaves nothing behind, although it had posted."""
        session = self._started()
        job = self._job(session)
        fail = patch.object(type(session), "_set_in_between", side_effect=ValueError)
        with fail as failing:
            self._do_chunk()
        self.assertTrue(failing.called)
        self.assertEqual((job.state, job.done), ("failed", 0))
        self.assertTrue(job.error)
        self.assertEqual(self._books(), [10] * ITEMS)
        self.assertFalse(session.move_ids)
        self.assertEqual(set(session.line_ids.mapped("state")), {"counted"})

    @mute_logger("odoo.addons.stock_count.models.jobs.run")
    def test_a_job_without_a_chunk_is_told(self):
        """P14, Z3."""
        job = self._job(self._started())
        job.sudo().params = {"chunks": []}
        self._do_chunk()
        self.assertEqual(job.state, "failed")
        self.assertTrue(job.error)

    @mute_logger("odoo.addons.stock_count.models.jobs.run")
    def test_two_jobs_never_work_on_one_count(self):
        """P14, Z3: not even one that failed and is retried while another works."""
        session = self._started()
        failed = self._job(session)
        with patch.object(type(session), "_set_in_between", side_effect=ValueError):
            self._do_chunk()
        session.action_post()
        self.assertEqual(len(session.job_ids), 2)
        with self.assertRaisesRegex(UserError, "in the background"):
            failed.action_retry()
        with self.assertRaisesRegex(UserError, "in the background"):
            self.Jobs._start("undo", session, ITEMS)
        self.assertEqual(failed.state, "failed")

    def test_a_failed_job_is_dismissed(self):
        """P14: the count goes on without it."""
        session = self._started()
        job = self._job(session)
        job.sudo().write({"state": "failed", "error": "Out of paper"})
        self.assertEqual(session.get_job()["error"], "Out of paper")
        job.action_cancel()
        self.assertFalse(session.get_job())


@tagged("post_install", "-at_install")
class TestJobAccess(JobCommon):
    """Who sees, stops and retries jobs (Z2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_user("lead", LEAD)
        cls.other = cls._create_user("other", LEAD)
        cls.manager = cls._create_user("manager", MANAGER)
        cls.counter = cls._create_user("counter", "stock_count.group_count_counter")

    def setUp(self):
        super().setUp()
        self.session = self._counted(counter_ids=self.counter.ids)
        self.session.with_user(self.lead).action_post()
        self.job = self._job(self.session)

    def test_only_its_owner_or_a_manager_stops_a_job(self):
        """Z2."""
        with self.assertRaisesRegex(AccessError, "belongs to"):
            self._rpc(self.other, self.job, "action_cancel")
        self._rpc(self.manager, self.job, "action_cancel")
        self.assertEqual(self.job.state, "cancelled")

    def test_a_job_that_is_none_is_told_in_words(self):
        """Z2: whatever ids come by RPC."""
        for ids in ([], [0], [None]):
            job = self.Jobs.browse(ids)
            for verb in ("action_cancel", "action_retry", "get_progress"):
                with self.subTest(ids=ids, verb=verb), self.assertRaises(UserError):
                    self._rpc(self.manager, job, verb)

    def test_only_its_owner_or_a_manager_retries_a_job(self):
        """Z2."""
        self.job.sudo().state = "failed"
        with self.assertRaisesRegex(AccessError, "belongs to"):
            self._rpc(self.other, self.job, "action_retry")
        self._rpc(self.lead, self.job, "action_retry")
        self.assertEqual(self.job.state, "waiting")

    def test_a_counter_sees_no_job_only_that_one_works(self):
        """Z2: how many lines are posted would tell what differed."""
        for method in ("get_progress", "action_cancel", "action_retry"):
            with self.subTest(method), self.assertRaises(AccessError):
                self._rpc(self.counter, self.job, method)
        with self.assertRaises(AccessError):
            self._rpc(self.counter, self.session, "get_job")
        next_step = self.session.with_user(self.counter).next_step
        self.assertIn("background", next_step)
        self.assertNotIn("Posting", next_step)

    def test_nobody_writes_a_job(self):
        """Z2: what a job does and for whom is decided by verbs."""
        for user in (self.lead, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._rpc(user, self.job, "write", {"user_id": self.other.id})
            with self.assertRaises(AccessError):
                self._rpc(user, self.job, "create", {"kind": "post"})
            with self.assertRaises(AccessError):
                self._rpc(user, self.job, "unlink")

    def test_what_a_job_is_to_do_is_not_read(self):
        """Z2: parameters are the system's."""
        with self.assertRaises(AccessError):
            self._rpc(self.lead, self.job, "read", ["params"])

    def test_jobs_of_other_companies_are_not_there(self):
        """Z2."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._create_user("stranger", MANAGER)
        stranger.write({"company_id": elsewhere.id, "company_ids": elsewhere.ids})
        with self.assertRaises(AccessError):
            self._rpc(stranger, self.job, "get_progress")
