import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, setInputFiles } from "@odoo/hoot-dom";
import { Offline } from "@stock_count/count_app/core/server";
import { FakeServer, makePayload, mountApp, scan, until, tap } from "./count_app_test_helpers";

describe.current.tags("mobile");

test("progress is told by location in walking order, with who counts there (M9, M16)", async () => {
    const claims = [
        { location_id: 9, user_name: "Tomas", is_me: false, at: "2026-11-21 23:31:00" },
    ];
    const server = new FakeServer(makePayload({ claims }));
    server.news = { claims };
    const { app } = await mountApp({ server });
    server.fail = () => {
        throw new Offline();
    };
    await scan(app, "LOC-A", "BOX-33", "D-1");
    await tap(".o_count_menu");
    await tap(".o_count_to_progress");
    expect(queryAllTexts(".o_count_sums b")).toEqual(["2", "0", "4"]);
    expect(queryAllTexts(".o_count_place .o_count_row_what b")).toEqual(["A-01", "A-02"]);
    expect(queryAllTexts(".o_count_place .o_count_row_qty b")).toEqual(["2/3", "0/3"]);
    expect(".o_count_place:last").toHaveText(/Tomas counts here/);
});

test("the sound that was switched off stays off (M11)", async () => {
    const { app } = await mountApp();
    await tap(".o_count_menu");
    await tap(".o_count_sound");
    expect(app.feedback.muted).toBe(true);
    expect(".o_count_sound").toHaveText("Sound is off");
    app.feedback.setMuted(false);
});

test("a photo is made small and kept with its line until it is sent (M14)", async () => {
    const { app, server } = await mountApp();
    await scan(app, "LOC-A", "5901234123457");
    await tap(".o_count_more");
    await tap(".o_count_tell");
    const canvas = new OffscreenCanvas(3200, 800);
    canvas.getContext("2d").fillRect(0, 0, 99, 99);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    await click(".o_count_photo input");
    await setInputFiles([new File([blob], "shelf.png", { type: "image/png" })]);
    await until(() => document.querySelector(".o_count_picture"));
    await tap(".o_count_keep");
    await app.sync.run();
    const [{ line_id, photo }] = server.evidence;
    expect(line_id).toBe(501);
    const bytes = Uint8Array.from(atob(photo), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    expect([image.width, image.height]).toEqual([1600, 400]);
});
