import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { humanSize } from "@web/core/utils/binary";
import { BinaryField, binaryField } from "@web/views/fields/binary/binary_field";
import { FileUploader } from "@web/views/fields/file_handler";
import { MAX_FILE } from "../const";

/**
 * Why a file cannot be imported. A file that is too large for a request of Odoo would fail without
 * words.
 *
 * @param {{ size: number }} file
 * @returns {string | undefined}
 */
function describeRefusal({ size }) {
    if (!size) {
        return _t("The file is empty: choose the file with the counts.");
    }
    if (size > MAX_FILE) {
        return _t(
            "The file has %(size)s; an import takes %(limit)s. Split it, or save it without pictures and other sheets.",
            { size: humanSize(size), limit: humanSize(MAX_FILE) }
        );
    }
}

/** A button that uploads a file, unless it cannot be imported. */
export class CountImportUploader extends FileUploader {
    async onFileChange(ev) {
        const refusal = [...ev.target.files].map(describeRefusal).find(Boolean);
        if (!refusal) {
            return super.onFileChange(ev);
        }
        this.notification.add(refusal, { type: "danger" });
        ev.target.value = null;
    }
}

/** The file of an import. */
export class CountImportFile extends BinaryField {
    static components = { FileUploader: CountImportUploader };
}

registry.category("fields").add("count_import_file", {
    ...binaryField,
    component: CountImportFile,
});
