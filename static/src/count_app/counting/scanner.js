import { messages } from "../core/messages";
import { Offline } from "../core/server";

/** What each kind of a resolved scan does, see catalogue/resolver.js. */
export class Scanner {
    constructor(app) {
        this.app = app;
    }

    /** Deals with one scan on the Count tab. */
    async handle(code) {
        const { count } = this.app;
        const result = count.resolver.resolve(code, { product: count.draft.product });
        await this.act(result, code);
    }

    /** Does what a resolved scan means. */
    async act(result, code) {
        const { count } = this.app;
        switch (result.kind) {
            case "item":
                return count.chooseItem(this.withoutSerial(result));
            case "location":
                return count.setLocation(result.location);
            case "package":
                return this.app.ask("package", { pack: result.package });
            case "several":
                return this.app.ask("several", result, messages.several({ code }));
            default:
                return this.miss(code);
        }
    }

    /** Without Option 333 a serial's scan names the item only. */
    withoutSerial(item) {
        const isSerial = item.product.tracking === "serial";
        return isSerial && !this.app.count.options.autoload_serial
            ? { product: item.product }
            : item;
    }

    /** Nothing on the device has this code; with a network the server may know it. */
    async miss(code) {
        const { count } = this.app;
        const row = await count.recorder.miss(code, count.draft.state.location_id);
        this.app.ask("none", { code, row, isLooking: true }, messages.unknown({ code }));
        this.lookFurther(code, row);
    }

    async lookFurther(code, row) {
        const { app } = this;
        let answer = { kind: "none", matches: [] };
        try {
            answer = await app.call("resolve", [app.count.id, code]);
        } catch (error) {
            if (!(error instanceof Offline)) {
                app.sync.wake(); // It finds out what is wrong, and says so.
            }
        }
        // In its turn: a scan that waits behind the question must not be counted meanwhile.
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

    /** The server knows it: the device learns it and goes on. */
    async takeAnswer({ matches }, code, row) {
        const { app } = this;
        const { catalogue } = app.count;
        matches.forEach((match) => catalogue.learn(match));
        const results = matches.map((match) => toResult(match, catalogue)).filter(Boolean);
        if (results.length) {
            await app.journal.drop(row);
            app.close();
            const several = { kind: "several", matches: results, code };
            await this.act(results.length > 1 ? several : results[0], code);
        }
    }
}

function toResult(match, { products, lots, locations, packages }) {
    if (match.kind === "location") {
        const location = locations.get(match.location_id);
        return location && { kind: "location", location };
    }
    if (match.kind === "package") {
        return { kind: "package", package: packages.get(match.package_id) };
    }
    const product = products.get(match.product_id);
    const isPack = match.kind === "packaging";
    return {
        kind: "item",
        product,
        ...(match.lot_id && { lot: lots.get(match.lot_id) }),
        ...(isPack && { uom_id: match.uom_id, qty: match.qty }),
    };
}
