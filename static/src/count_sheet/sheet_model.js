import { RelationalModel } from "@web/model/relational_model/relational_model";
import { CountLineRecord } from "./count_line_record";
import { isLoginLost } from "./sheet_errors";

/** The lines of a sheet. */
export class CountSheetModel extends RelationalModel {
    static Record = CountLineRecord;

    /** Reads lines that are shown again, but for those that somebody is typing in. */
    loadLines(lineIds) {
        const ids = new Set(lineIds);
        return this.mutex.exec(async () => {
            const shown = this.root.records.filter(({ resId }) => ids.has(resId));
            const resIds = shown.map(({ resId }) => resId);
            const rows = await this._loadRecords({ ...this.root.config, resIds });
            const values = new Map(rows.map((row) => [row.id, row]));
            shown
                .filter((record) => !record.isUnsent && !record.isInEdition)
                .forEach((record) => record._setData(values.get(record.resId)));
        });
    }

    /** Lets the web client show an error; a lost login only once, however many saves fail. */
    report(error) {
        const isLost = isLoginLost(error);
        if (!isLost || !this.isLoginLost) {
            Promise.reject(error);
        }
        this.isLoginLost ||= isLost;
    }
}
