import { MAX_QUANTITY } from "../../const";
import { messages } from "../core/messages";
import { DOUBTFUL, showQuantity } from "../core/numbers";

/** Checks typed quantities. A doubtful one is accepted when it is entered again. */
export class QuantityCheck {
    /** @param {{ allow_zero: boolean }} options of the company */
    constructor(options) {
        this.options = options;
        // The doubtful quantity that was asked about.
        this.asked = null;
    }

    /**
     * @param {(number | null)[]} quantities null for a text that is no quantity
     * @returns {import("../core/messages").Message | undefined} what is wrong
     */
    findProblem(quantities) {
        const most = Math.max(...quantities);
        if (!quantities.length || quantities.includes(null)) {
            return messages.noQuantity();
        }
        if (most > MAX_QUANTITY) {
            return messages.tooMany();
        }
        if (quantities.includes(0) && !this.options.allow_zero) {
            return messages.zeroOff();
        }
        if (most >= DOUBTFUL && this.asked !== most) {
            this.asked = most;
            return messages.doubtful({ qty: showQuantity(most) });
        }
    }
}
