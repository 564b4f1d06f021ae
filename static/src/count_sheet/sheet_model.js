import { RelationalModel } from "@web/model/relational_model/relational_model";
import { CountLineRecord } from "./count_line_record";
import { isLoginLost } from "./sheet_errors";

/** The lines of a sheet. */
export class CountSheetModel extends RelationalModel {
    static Record = CountLineRecord;

    /** Lets the web client show an error; a lost login only once, however many saves fail. */
    report(error) {
        const isLost = isLoginLost(error);
        if (!isLost || !this.isLoginLost) {
            Promise.reject(error);
        }
        this.isLoginLost ||= isLost;
    }
}
