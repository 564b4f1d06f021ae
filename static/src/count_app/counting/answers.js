import { messages } from "../core/messages";

/** What a scan answers to an open question; questions that are not here make scans wait. */
const answers = {
    lot(app, overlay, code) {
        const { product } = app.count.draft;
        const { other, ...lot } = app.count.resolver.resolveLot(product, code);
        if (!other) {
            return giveLot(app, lot);
        }
        const isSame = other.product === product && !other.lot && !other.lot_name;
        const say = isSame ? messages.lotNeeded : messages.wrongLot;
        app.say(say({ lot: code, item: product.name }));
    },

    location(app, overlay, code) {
        const result = app.count.resolver.resolve(code);
        if (result.kind === "location") {
            return giveLocation(app, result.location);
        }
        app.say(messages.locationOutside({ code }));
    },

    item(app, overlay, code) {
        app.close();
        return app.scanner.handle(code);
    },

    camera(app, overlay, code) {
        if (app.count.state.scanMode !== "each") {
            app.close();
        }
        return app.scanner.handle(code);
    },

    serials(app, overlay, code) {
        const { product } = overlay.props;
        const { other, lot, lot_name } = app.count.resolver.resolveLot(product, code);
        if (other) {
            return app.say(messages.wrongLot({ lot: code, item: product.name }));
        }
        pickSerial(app, overlay.props, {
            lot_id: lot?.id || false,
            lot_name: lot?.name || lot_name,
        });
    },
};

export function answerByScan(app, overlay, code) {
    return answers[overlay.name](app, overlay, code);
}

/** The lot or serial of what is being entered. */
export function giveLot(app, { lot, lot_name }) {
    const { count } = app;
    if (count.draft.product.tracking === "serial") {
        const { product } = count.draft;
        const before = count.entries.findSerial({
            product_id: product.id,
            lot_id: lot?.id,
            lot_name: lot_name || "",
        });
        if (before) {
            app.close();
            return count.refuseTwice(before);
        }
    }
    count.draft.setLot({ lot, lot_name });
    app.close();
    return count.proceed();
}

/** Where what is being entered lies. */
export async function giveLocation(app, location) {
    const { count } = app;
    const { isNeeded } = app.state.overlay.props;
    if (isNeeded && count.draft.product && !count.lockedId) {
        // The item came first: it stays.
        count.draft.setLocation(location, "scanned");
        app.close();
        await app.claims.enter(count, location);
        return app.state.overlay ? undefined : count.proceed();
    }
    app.close();
    await count.setLocation(location);
}

/** Adds a serial to those of a list. */
export function pickSerial(app, { picked, product }, serial) {
    const name = serial.lot_name;
    const before = app.count.entries.findSerial({ product_id: product.id, lot_name: name });
    if (before) {
        const location = app.count.catalogue.locations.get(before.location_id)?.name || "?";
        return app.say(messages.serialTwice({ serial: name, location }));
    }
    const at = picked.findIndex((other) => other.lot_name === name);
    if (at < 0) {
        picked.push(serial);
        app.feedback.signal("hit");
    } else {
        app.say(messages.serialTwice({ serial: name, location: "" }));
    }
}
