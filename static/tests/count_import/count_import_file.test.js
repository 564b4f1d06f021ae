import { Component, xml } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { setInputFiles } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { CountImportUploader } from "@stock_count/count_import/count_import_file";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

/** A file that says it has so many bytes. */
function makeFile(size) {
    const file = new File(["Item;Units"], "counts.csv", { type: "text/csv" });
    Object.defineProperty(file, "size", { value: size });
    return file;
}

async function choose(file) {
    class Chooser extends Component {
        static components = { CountImportUploader };
        static props = [];
        static template = xml`
            <CountImportUploader onUploaded.bind="onUploaded">
                <t t-set-slot="toggler"><button>Upload</button></t>
            </CountImportUploader>`;

        onUploaded({ name }) {
            expect.step(name);
        }
    }
    await mountWithCleanup(Chooser);
    await contains("button").click();
    await setInputFiles([file]);
    await animationFrame();
}

test("a file of a gigabyte is refused before it is sent (I8)", async () => {
    await choose(makeFile(1024 ** 3));
    expect(".o_notification_content").toHaveText(/The file has 1.00 Gb; an import takes 64.00 Mb/i);
    expect.verifySteps([]);
});

test("an empty file is refused before it is sent (I8)", async () => {
    await choose(makeFile(0));
    expect(".o_notification_content").toHaveText(/The file is empty/);
    expect.verifySteps([]);
});

test("any other file is sent (I1)", async () => {
    await choose(new File(["Item;Units"], "counts.csv", { type: "text/csv" }));
    await expect.waitForSteps(["counts.csv"]);
});
