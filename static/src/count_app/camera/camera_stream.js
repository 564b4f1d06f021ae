import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";

/** Enough to read a small code, and not more than a phone can read ten times a second. */
const PICTURE = {
    facingMode: { ideal: "environment" },
    width: { ideal: 1280 },
    height: { ideal: 720 },
};

/** The device's camera: its picture and its torch. */
export class CameraStream {
    /**
     * @returns {Promise<CameraStream>} rejected as getUserMedia is, see describeProblem
     */
    static async open() {
        const { mediaDevices } = browser.navigator;
        if (!mediaDevices?.getUserMedia) {
            throw new DOMException("No mediaDevices", "SecurityError");
        }
        const video = { video: PICTURE, audio: false };
        return new CameraStream(await mediaDevices.getUserMedia(video));
    }

    /** @param {MediaStream} stream */
    constructor(stream) {
        this.stream = stream;
        [this.track] = stream.getVideoTracks();
    }

    get hasTorch() {
        return Boolean(this.track.getCapabilities?.().torch);
    }

    /** @param {boolean} torch whether it is to shine */
    setTorch(torch) {
        return this.track.applyConstraints({ advanced: [{ torch }] });
    }

    close() {
        this.stream.getTracks().forEach((track) => track.stop());
    }
}

/**
 * @param {Error} error of CameraStream.open
 * @returns {{ text: string, isLasting: boolean }} what is wrong and what to do; lasting problems
 *   need no second try
 */
export function describeProblem({ name, message }) {
    const answer = (text, isLasting = false) => ({ text, isLasting });
    switch (name) {
        case "SecurityError":
            return answer(
                _t(
                    "The browser gives no camera to a page without https. Ask for the address of this page that begins with https://."
                ),
                true
            );
        case "NotAllowedError":
            return answer(
                _t(
                    "The camera is blocked for this page. Allow it in the browser: tap the sign beside the address, then Permissions, then Camera."
                )
            );
        case "NotFoundError":
        case "OverconstrainedError":
            return answer(_t("This device has no camera."));
        case "NotReadableError":
        case "AbortError":
            return answer(_t("The camera doesn't start. Close other apps that use it."));
        default:
            return answer(_t("The camera doesn't work: %(message)s", { message }));
    }
}
