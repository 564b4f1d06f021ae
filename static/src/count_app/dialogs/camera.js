import {
    BarcodeVideoScanner,
    isBarcodeScannerSupported,
} from "@web/core/barcode/barcode_video_scanner";
import { _t } from "@web/core/l10n/translation";
import { Question } from "./choose";

/** One code seen for longer than this is scanned again, milliseconds. */
const SAME_AGAIN = 1500;

/** The device's camera as a scanner; where each scan is one it stays open, code after code. */
export class CameraQuestion extends Question {
    static template = "stock_count.CameraQuestion";
    static components = { ...Question.components, BarcodeVideoScanner };

    setup() {
        super.setup();
        this.last = { code: "", at: 0 };
        this.view.problem = isBarcodeScannerSupported()
            ? ""
            : _t("This browser gives no camera to this page. It needs a secure (https) address.");
    }

    onResult(code) {
        const now = Date.now();
        const isSame = code === this.last.code && now - this.last.at < SAME_AGAIN;
        this.last = { code, at: now };
        if (!isSame) {
            this.app.onScan(code);
        }
    }

    onError(error) {
        this.view.problem = error.message;
    }
}
