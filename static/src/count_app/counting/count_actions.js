import { messages } from "../core/messages";

/** What the buttons of screens and dialogs do to the open count, besides filling the draft. */
export class CountActions {
    /** @param {import("../app/app_state").AppState} app */
    constructor(app) {
        this.app = app;
    }

    get count() {
        return this.app.count;
    }

    // ---- Lines ----

    /** Records 0 of the item in the draft: it was searched here and not found. */
    async notFound() {
        const { count, app } = this;
        const { product, location, missing } = count.draft;
        if (!count.options.allow_zero) {
            return app.say(messages.zeroOff());
        }
        if (missing && missing !== "quantity") {
            return product ? count.steps.proceed() : app.ask("item");
        }
        const { uom_id } = count.draft.state;
        const entry = await count.recorder.count(count.target.key, { qty: 0, uom_id });
        const message = messages.notFound({ item: product.name, location: location.name });
        count.adder.startNext();
        app.say(message, () => count.recorder.withdraw(entry));
    }

    /** Puts the line of the draft, or the next line here, on the skip list. */
    async skip() {
        const { count, app } = this;
        const { product } = count.draft;
        const line = count.target.line || count.progress.leftAt(count.draft.state.location_id)[0];
        if (!line) {
            return product ? count.draft.clear() : app.ask("item");
        }
        await this.markLine("skip", line);
        count.draft.clear();
        const item = count.catalogue.products.get(line.product_id)?.name;
        app.say(messages.skipped({ item }), () => this.markLine("unskip", line));
    }

    markLine(kind, { id: line_id }) {
        this.count.progress.note({ kind, line_id });
        return this.count.recorder.event(kind, { line_id });
    }

    /** Fills the draft with a line from a list of lines left or skipped. */
    async takeLine(line) {
        const { count, app } = this;
        const { products, locations, lots } = count.catalogue;
        app.show("count");
        if (await count.steps.setLocation(locations.get(line.location_id))) {
            const item = { product: products.get(line.product_id) };
            const lot = lots.get(line.lot_id);
            await count.steps.finishDraft();
            count.draft.choose({ ...item, lot, lot_name: line.lot_name });
            const { id: line_id, package_id, owner_id } = line;
            Object.assign(count.draft.state, { line_id, package_id, owner_id });
            await count.steps.proceed();
        }
    }

    // ---- Bins ----

    /** Leaves a scan uncounted that was set aside. */
    putAway(scan) {
        const { aside, catalogue } = this.count;
        aside.remove(scan);
        this.count.touch();
        const item = catalogue.products.get(scan.product_id)?.name;
        this.app.say(messages.putAway({ item }), () => {
            aside.restore(scan);
            this.count.touch();
        });
    }

    /**
     * Asks before a bin is finished where something was not counted. What was scanned there and
     * has no quantity is set aside first, so that the question names it.
     */
    async askFinish(location) {
        const { count, app } = this;
        await count.steps.finishDraft();
        return this.isEmptyBin(location)
            ? this.finishBin(location)
            : app.ask("finish_bin", { location });
    }

    /** Whether a bin has no line, no count and no scan, so that one tap confirms that it is empty. */
    isEmptyBin({ id }) {
        const { aside, catalogue, entries } = this.count;
        const isCounted = entries.list.some((entry) => entry.location_id === id);
        return !isCounted && !catalogue.linesIn(id).length && !aside.at(id).length;
    }

    /** Finishes a bin: the server records 0 for each line there that was not counted. */
    async finishBin(location) {
        const { count, app } = this;
        await count.steps.finishDraft();
        const [first] = count.aside.at(location.id);
        if (first) {
            const item = count.catalogue.products.get(first.product_id)?.name;
            return app.say(messages.asideFirst({ item }));
        }
        count.progress.note({ kind: "bin_finished", location_id: location.id });
        await count.recorder.event("bin_finished", { location_id: location.id });
        app.claims.current = null;
        count.state.lastBin = location.id;
        count.draft.clear();
        if (!count.lockedId) {
            count.draft.setLocation(undefined, "usual");
        }
        app.close();
        app.say(messages.binFinished({ location: location.name }));
    }

    // ---- Entries ----

    /** Takes one count back. */
    async remove(entry) {
        const item = this.count.catalogue.products.get(entry.product_id)?.name;
        await this.count.recorder.withdraw(entry);
        this.app.say(messages.removed({ item }));
    }

    /** Replaces the quantity of one count. */
    async correct(entry, qty) {
        const item = this.count.catalogue.products.get(entry.product_id)?.name;
        await this.count.recorder.correct(entry, qty);
        this.app.say(messages.changed({ item, qty }));
    }

    /** Takes back all counts of this person in the session. */
    async reset() {
        const { list } = this.count.entries;
        await this.count.recorder.withdrawAll(list);
        this.count.draft.clear();
        this.count.aside.clear();
        this.app.close();
        this.app.say(messages.reset({ count: list.length }));
    }
}
