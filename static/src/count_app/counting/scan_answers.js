import { messages } from "../core/messages";
import { answerLocation, answerLot } from "./draft_answers";
import { pickCode } from "./serial_list";

/** What a scan means to an open question, by the question's name. */
const ANSWERS = {
    lot(app, props, code) {
        const { product } = app.count.draft;
        const { other, ...lot } = app.count.resolver.resolveLot(product, code);
        if (!other) {
            return answerLot(app, lot);
        }
        const isSame = other.product === product && !other.lot && !other.lot_name;
        const message = isSame ? messages.lotNeeded : messages.wrongLot;
        app.say(message({ lot: code, item: product.name }));
    },

    location(app, props, code) {
        const meaning = app.count.resolver.resolve(code);
        if (meaning.kind === "location") {
            return answerLocation(app, meaning.location);
        }
        app.say(messages.locationOutside({ code }));
    },

    item(app, props, code) {
        app.close();
        return app.scanner.handle(code);
    },

    camera(app, props, code) {
        if (app.count.state.scanMode !== "each") {
            app.close();
        }
        return app.scanner.handle(code);
    },

    serials(app, props, code) {
        pickCode(app, props, code);
    },
};

/**
 * Whether a question takes scans; scans wait for all others to be answered.
 *
 * @param {string} name of the question
 * @returns {boolean}
 */
export function takesScans(name) {
    return name in ANSWERS;
}

/**
 * Answers an open question by a scan.
 *
 * @param {import("../app/app_state").AppState} app
 * @param {{ name: string, props: Object }} question one that takes scans
 * @param {string} code
 */
export function answerByScan(app, { name, props }, code) {
    return ANSWERS[name](app, props, code);
}
