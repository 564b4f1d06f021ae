import { messages } from "../core/messages";

/** What buttons and dialogs do to a count, besides entering quantities. */
export class Verbs {
    constructor(app) {
        this.app = app;
    }

    get count() {
        return this.app.count;
    }

    /** "Not found here": the item that is chosen was looked for and is not there. */
    async notFound() {
        const { count, app } = this;
        const { product, location, missing } = count.draft;
        if (!count.options.allow_zero) {
            return app.say(messages.zeroOff());
        }
        if (missing && missing !== "quantity") {
            return product ? count.proceed() : app.ask("item");
        }
        const { uom_id } = count.draft.state;
        const entry = await count.recorder.count(count.key, { qty: 0, uom_id });
        const say = messages.notFound({ item: product.name, location: location.name });
        count.startNext();
        app.say(say, () => count.recorder.withdraw(entry));
    }

    /** Puts the item on the skip list and goes on. */
    async skip() {
        const { count, app } = this;
        const { product } = count.draft;
        const line = count.line || count.progress.leftAt(count.draft.state.location_id)[0];
        if (!line) {
            return product ? count.draft.clear() : app.ask("item");
        }
        await this.skipLine(line);
        count.draft.clear();
        const item = count.catalogue.products.get(line.product_id)?.name;
        app.say(messages.skipped({ item }), () => this.unskipLine(line));
    }

    skipLine(line) {
        note(this.count, "skip", line);
        return this.count.recorder.event("skip", { line_id: line.id });
    }

    unskipLine(line) {
        note(this.count, "unskip", line);
        return this.count.recorder.event("unskip", { line_id: line.id });
    }

    /** Begins with a line of the count: from the lists of what is left or skipped. */
    async takeLine(line) {
        const { count, app } = this;
        const { products, locations, lots } = count.catalogue;
        app.show("count");
        if (await count.setLocation(locations.get(line.location_id))) {
            const item = { product: products.get(line.product_id) };
            const lot = lots.get(line.lot_id);
            await count.finishDraft();
            count.draft.choose({ ...item, lot, lot_name: line.lot_name });
            const { id: line_id, package_id, owner_id } = line;
            Object.assign(count.draft.state, { line_id, package_id, owner_id });
            await count.proceed();
        }
    }

    /** Everything of the bin was counted: what was not found is zero. */
    async finishBin(location) {
        const { count, app } = this;
        await count.finishDraft();
        count.progress.note({ kind: "bin_finished", location_id: location.id });
        await count.recorder.event("bin_finished", { location_id: location.id });
        app.claims.current = null;
        count.draft.clear();
        if (!count.lockedId) {
            count.draft.setLocation(undefined, "usual");
        }
        app.close();
        app.say(messages.binFinished({ location: location.name }));
    }

    async remove(entry) {
        const item = this.count.catalogue.products.get(entry.product_id)?.name;
        await this.count.recorder.withdraw(entry);
        this.app.say(messages.removed({ item }));
    }

    async correct(entry, qty) {
        const item = this.count.catalogue.products.get(entry.product_id)?.name;
        await this.count.recorder.correct(entry, qty);
        this.app.say(messages.changed({ item, qty }));
    }

    /** Takes back all that this person counted in the session. */
    async reset() {
        const { list } = this.count.entries;
        await this.count.recorder.withdrawAll(list);
        this.count.draft.clear();
        this.app.close();
        this.app.say(messages.reset({ count: list.length }));
    }
}

function note(count, kind, line) {
    count.progress.note({ kind, line_id: line.id });
}
