import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { CountJob } from "@stock_count/count_job/count_job";
import { describeLeft } from "@stock_count/count_job/describe_left";
import { contains, mountWithCleanup, onRpc, makeMockEnv } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const SECOND = 1000;

const makeJob = (values) => ({
    id: 7,
    kind: "post",
    label: "Posting",
    name: "CC-00001",
    state: "running",
    done: 200,
    total: 1000,
    percent: 20,
    seconds_left: 90,
    owner: "Olga",
    error: "",
    message: "",
    is_stopping: false,
    goes_back: false,
    is_late: false,
    may_change: true,
    ...values,
});

/** Mounts the bar of a job; the server gives one answer after the other, then the last again. */
async function mountJob(job, answers = [job]) {
    onRpc("stock.count.session", "get_job", () =>
        answers.length > 1 ? answers.shift() : answers[0]
    );
    onRpc("stock.count.job", "*", ({ method, args }) => {
        expect.step([method, ...args[0]]);
        return true;
    });
    await mountWithCleanup(CountJob, {
        props: { sessionId: 1, job, onChange: () => expect.step("changed") },
    });
}

async function waitASecond() {
    await advanceTime(SECOND);
    await animationFrame();
}

test("the bar tells what goes on, how far it is and how long it takes (P14)", async () => {
    await mountJob(makeJob());
    expect(".o_count_job_label").toHaveText("Posting");
    expect(".o_count_job_facts").toHaveText("200 / 1,000 · 2 minutes left · Olga");
    expect(".progress-bar").toHaveStyle({ width: /.+/ });
    expect(".o_count_job_bar").toHaveAttribute("aria-valuenow", "20");
});

test("the bar moves every second, until there is nothing to tell (P14)", async () => {
    await mountJob(makeJob(), [makeJob({ done: 600, percent: 60 }), false]);
    await waitASecond();
    expect(".o_count_job_bar").toHaveAttribute("aria-valuenow", "60");
    expect.verifySteps([]);
    await waitASecond();
    expect(".o_count_job").toHaveCount(0);
    expect.verifySteps(["changed"]);
    await waitASecond();
    expect.verifySteps([]);
});

test("how much there is to do is told once it is known (P14)", async () => {
    const unknown = makeJob({ state: "waiting", done: 0, total: 0, percent: 0 });
    await mountJob(unknown, [makeJob({ state: "failed", done: 0, total: 0, error: "Damaged" })]);
    expect(".o_count_job_facts").toHaveText("waiting for its turn · Olga");
    await waitASecond();
    expect(".o_count_job_error").toHaveText(/^Posting stopped\.\s*Damaged$/);
    expect.verifySteps(["changed"]);
});

test("a job is stopped by its owner (P14)", async () => {
    await mountJob(makeJob(), [makeJob({ is_stopping: true })]);
    await contains("button[name=job_cancel]").click();
    expect.verifySteps([["action_cancel", 7]]);
    expect(".o_count_job_facts").toHaveText("200 / 1,000 · stopping · Olga");
    expect("button[name=job_cancel]").toHaveCount(0);
});

test("a job that has to be whole says that it goes back (I5, P14)", async () => {
    await mountJob(makeJob({ is_stopping: true, goes_back: true }));
    expect(".o_count_job_facts").toHaveText("200 / 1,000 · taking back what was done · Olga");
});

test("who may not stop a job has no button for it (Z2)", async () => {
    await mountJob(makeJob({ may_change: false }));
    expect(".o_count_job button").toHaveCount(0);
});

test("a failed job says why and is retried (P14)", async () => {
    const failed = makeJob({ state: "failed", error: "Only a counting lead may do this." });
    await mountJob(failed, [makeJob({ state: "waiting" })]);
    expect(".o_count_job_error").toHaveText(/stopped at 200 of 1,000.*counting lead/s);
    await contains("button[name=job_retry]").click();
    expect.verifySteps([["action_retry", 7], "changed"]);
    expect(".o_count_job_facts").toHaveText("200 / 1,000 · waiting for its turn · Olga");
});

test("a job that fails while it is watched changes what else is shown (P14)", async () => {
    await mountJob(makeJob(), [makeJob({ state: "failed", error: "Out of paper" })]);
    await waitASecond();
    expect(".o_count_job_error").toHaveText(/Out of paper/);
    expect.verifySteps(["changed"]);
});

test("without a scheduler somebody should look for it (Z6)", async () => {
    await mountJob(makeJob({ state: "waiting", is_late: true }));
    expect(".o_count_job_facts").toHaveText(/no scheduler has come/);
});

test("the time left is told as roughly as it is known", async () => {
    await makeMockEnv();
    expect([null, 3, 42, 60, 61, 7200].map((seconds) => `${describeLeft(seconds)}`)).toEqual([
        "",
        "a few seconds left",
        "50 seconds left",
        "a minute left",
        "2 minutes left",
        "2.0 hours left",
    ]);
});
