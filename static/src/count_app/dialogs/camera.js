import {
    BarcodeVideoScanner,
    isBarcodeScannerSupported,
} from "@web/core/barcode/barcode_video_scanner";
import { _t } from "@web/core/l10n/translation";
import { Question } from "./question";

/** A code that stays in view is scanned again after this time, in milliseconds. */
const SAME_AGAIN = 1500;

/** Scans with the device's camera. It stays open if each scan is one unit. */
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
            this.app.intake.onScan(code);
        }
    }

    onError(error) {
        this.view.problem = error.message;
    }
}
