import { messages } from "../core/messages";
import { Offline } from "../core/server";

/** Does what a scan on the Count tab means. */
export class Scanner {
    /** @param {import("../app/app_state").AppState} app */
    constructor(app) {
        this.app = app;
    }

    /** @param {string} code */
    async handle(code) {
        const { count } = this.app;
        const meaning = count.resolver.resolve(code, { product: count.draft.product });
        const isRead = meaning.tag && this.wasRead(meaning.tag, code);
        if (!isRead) {
            await this.act(meaning, code);
        }
    }

    /** Whether an RFID tag was read before: a reader sends each again and again. */
    wasRead(tag, code) {
        const { count } = this.app;
        return count.entries.hasTag(tag) || count.missed.has(code);
    }

    /**
     * @param {import("../catalogue/resolver").Meaning} meaning
     * @param {string} code
     */
    async act(meaning, code) {
        const { count } = this.app;
        switch (meaning.kind) {
            case "item":
                return count.steps.chooseItem(this.withoutSerial(meaning));
            case "location":
                return count.steps.setLocation(meaning.location);
            case "package":
                return this.app.ask("package", { pack: meaning.package });
            case "several":
                return this.app.ask("several", meaning, messages.several({ code }));
            case "refused":
                return this.app.say(messages.badCode(meaning.problem));
            default:
                return meaning.tag && count.catalogue.session.complete
                    ? this.missTag(code)
                    : this.miss(code);
        }
    }

    /** Without Option 333 the scan of a serial number means its item only. */
    withoutSerial(item) {
        const isSerial = item.product.tracking === "serial" && !item.tag;
        return isSerial && !this.app.count.options.autoload_serial
            ? { product: item.product, package: item.package }
            : item;
    }

    /** Keeps a tag of nobody knows what, and goes on: hundreds are read at once. */
    async missTag(code) {
        const { count } = this.app;
        count.missed.add(code);
        await count.recorder.miss(code, count.draft.state.location_id);
        this.app.say(messages.foreignTag({ code }));
    }

    /** The device has nothing with this code; the server may have. */
    async miss(code) {
        const { count } = this.app;
        const row = await count.recorder.miss(code, count.draft.state.location_id);
        this.app.ask("unknown_code", { code, row, isLooking: true }, messages.unknown({ code }));
        this.lookFurther(code, row);
    }

    async lookFurther(code, row) {
        const { app } = this;
        let answer = { kind: "none", matches: [] };
        try {
            answer = await app.call("resolve", [app.count.id, code]);
        } catch (error) {
            if (!(error instanceof Offline)) {
                app.sync.wake(); // The sync shows what is wrong.
            }
        }
        // Through the queue: a scan that waits behind the question must not be counted before.
        return app.do(async () => {
            const { overlay } = app.state;
            if (overlay?.props.row?.uuid !== row.uuid) {
                return;
            }
            overlay.props.isLooking = false;
            if (answer.matches?.length) {
                await this.takeAnswer(answer, code, row);
            }
        });
    }

    /** Adds what the server found to the catalogue, and goes on with it. */
    async takeAnswer({ matches }, code, row) {
        const { app } = this;
        const { catalogue } = app.count;
        matches.forEach((match) => catalogue.learn(match));
        const meanings = matches.map((match) => toMeaning(match, catalogue)).filter(Boolean);
        if (meanings.length) {
            await app.journal.drop(row);
            app.close();
            const several = { kind: "several", matches: meanings, code };
            await this.act(meanings.length > 1 ? several : meanings[0], code);
        }
    }
}

/** Turns a match of the server into a meaning, see catalogue/resolver.js. */
function toMeaning(match, { products, lots, locations, packages }) {
    if (match.kind === "location") {
        const location = locations.get(match.location_id);
        return location && { kind: "location", location };
    }
    if (match.kind === "package") {
        return { kind: "package", package: packages.get(match.package_id) };
    }
    const product = products.get(match.product_id);
    const { lot_id, lot_name, package_id, uom_id, qty, says_qty, expiry, doubts, tag } = match;
    return {
        kind: "item",
        product,
        ...(lot_id && { lot: lots.get(lot_id) }),
        ...(lot_name && !lot_id && { lot_name }),
        ...(package_id && { package: packages.get(package_id) }),
        ...(uom_id !== product.uom_id && { uom_id, qty }),
        ...(says_qty && { qty, isExplicit: true }),
        ...(expiry && { expiry }),
        ...(tag && { tag }),
        ...(doubts?.length && { doubts }),
    };
}
