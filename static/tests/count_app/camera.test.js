import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { CodesInView } from "@stock_count/count_app/camera/codes_in_view";
import { CameraStream } from "@stock_count/count_app/camera/camera_stream";
import { CameraWatch } from "@stock_count/count_app/camera/camera_watch";
import { counted, mountApp, question, scan, shown, until } from "./count_app_test_helpers";

describe.current.tags("mobile");

const box = { x: 0, y: 0, width: 100, height: 30 };
/** What a place looks like while a label is there, and when it has gone. */
const LABEL = [10, 250, 10, 250];
const SHELF = [90, 90, 250, 90];

/** What is told, picture by picture; a picture is what is read in it, and how the place looks. */
function watch(...pictures) {
    const view = new CodesInView();
    return pictures.flatMap(([codes, look = codes.length ? LABEL : SHELF]) =>
        view.see(
            codes.map((code) => ({ code, box })),
            () => look
        )
    );
}

const times = (number, ...picture) => Array(number).fill(picture);

test("a code held in view counts once, however long (M11)", () => {
    expect(watch(...times(200, ["A"]))).toEqual(["A"]);
});

test("a code that left the picture counts when it comes again (M11)", () => {
    expect(watch(...times(3, ["A"]), ...times(5, []), ...times(3, ["A"]))).toEqual(["A", "A"]);
});

test("a code missed in some pictures has not left (M11)", () => {
    const flicker = [...times(2, ["A"]), ...times(4, [])];
    expect(watch(...flicker, ...flicker, ...flicker)).toEqual(["A"]);
});

test("a code that cannot be read for a blur of two seconds has not left (M11)", () => {
    const blurred = LABEL.map((value) => 60 + value / 1.2);
    expect(watch(...times(3, ["A"]), ...times(20, [], blurred), ...times(3, ["A"]))).toEqual(["A"]);
});

test("what was read in one picture only does not count (M11)", () => {
    expect(watch([["A"]], ...times(6, []), [["B"]], ...times(6, []))).toEqual([]);
});

test("a code that comes after another counts at once (M11)", () => {
    const view = new CodesInView();
    const read = (code) => view.see([{ code, box }], () => LABEL);
    expect(["A", "A", "B", "B"].map(read)).toEqual([[], ["A"], [], ["B"]]);
    expect(view.inPicture.map(({ code }) => code)).toEqual(["B"]);
});

test("codes of one picture are told together, also if one is read late (M11)", () => {
    const view = new CodesInView();
    const read = (...codes) =>
        view.see(
            codes.map((code) => ({ code, box })),
            () => LABEL
        );
    expect(read("A")).toEqual([]);
    expect(read("A", "B")).toEqual([]);
    expect(read("B")).toEqual(["A", "B"]);
    expect(read("A", "B")).toEqual([]);
    expect(view.inPicture.length).toBe(2);
});

// ---- The question ----

/** A camera whose pictures the test gives, as codes. */
function fakeCamera() {
    const camera = { isPaused: false };
    patchWithCleanup(CameraWatch.prototype, {
        async open() {
            camera.read = async (number, ...codes) => {
                for (let i = 0; i < number; i++) {
                    const sights = codes.map((code) => ({ code, box }));
                    const told = this.view.see(sights, () => (codes.length ? LABEL : SHELF));
                    await this.onRead(told, this.view);
                }
                await shown();
            };
            camera.watch = this;
        },
        resume() {
            this.isPaused = false;
        },
    });
    return camera;
}

async function openCamera({ mode = "each" } = {}) {
    const { app } = await mountApp();
    await scan(app, "LOC-A");
    await click(`[data-mode=${mode}]`);
    await shown();
    await click(".o_count_camera");
    await shown();
    return app;
}

test("if each scan is one, the camera counts box after box and stays open (M11)", async () => {
    const camera = fakeCamera();
    const app = await openCamera();
    await camera.read(30, "5901234123457");
    expect(".o_count_video_state").toHaveText(/Read once/);
    await camera.read(6);
    expect(".o_count_video_state").toHaveText(/Hold one code/);
    await camera.read(3, "5901234123457");
    expect(counted(app)).toEqual(["1 Screw A-01", "1 Screw A-01"]);
    expect(question()).toBe("Point the camera at a code");
});

test("in scan, then quantity one code closes the camera (M11)", async () => {
    const camera = fakeCamera();
    const app = await openCamera({ mode: "quantity" });
    await camera.read(2, "5901234123457");
    expect(".o_count_video").toHaveCount(0);
    expect(camera.watch.isClosed).toBe(true);
    expect(app.count.draft.product.name).toBe("Screw");
    expect(counted(app)).toEqual([]);
});

test("several codes in one picture are offered, and none counts by itself (M11)", async () => {
    const camera = fakeCamera();
    const app = await openCamera();
    await camera.read(2, "5901234123457", "LOC-B");
    expect(counted(app)).toEqual([]);
    expect(camera.watch.isPaused).toBe(true);
    expect(queryAllTexts(".o_count_offer b")).toEqual(["Screw", "A-02"]);
    await click(".o_count_offer .o_count_row:first");
    await shown();
    expect(counted(app)).toEqual(["1 Screw A-01"]);
    await click(".o_count_go_on");
    await shown();
    expect(camera.watch.isPaused).toBe(false);
    await camera.read(9, "5901234123457", "LOC-B");
    expect(".o_count_offer").toHaveCount(0);
    expect(counted(app)).toEqual(["1 Screw A-01"]);
});

for (const [name, words, tries] of [
    ["SecurityError", /https/, 0],
    ["NotAllowedError", /Allow it in the browser/, 1],
    ["NotFoundError", /no camera/, 1],
    ["NotReadableError", /other apps/, 1],
]) {
    test(`a camera with a ${name} has words and a way on (M11)`, async () => {
        patchWithCleanup(CameraStream, {
            open: () => Promise.reject(new DOMException("", name)),
        });
        await openCamera();
        await until(() => document.querySelector(".o_count_problem"));
        expect(".o_count_problem").toHaveText(words);
        expect(".o_count_again").toHaveCount(tries);
        await click(".o_count_type");
        await shown();
        expect(question()).not.toBe("Point the camera at a code");
        expect(".o_count_bottom_sheet input").toHaveCount(1);
    });
}
