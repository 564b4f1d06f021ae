import { reactive } from "@odoo/owl";
import { Resolver } from "../catalogue/resolver";
import { messages } from "../core/messages";
import { showQuantity } from "../core/numbers";
import { Draft } from "./draft";
import { Entries } from "./entries";
import { Progress } from "./progress";
import { Recorder } from "./recorder";

/** A quantity from here on is asked about: a scanner may have typed a code into it. */
const DOUBTFUL = 100_000;

/**
 * A session on this device: what is entered now, what was counted, and the verbs of the Count tab.
 * Nothing here talks to the server; the journal does.
 */
export class Count {
    /** @param {Object} app the app's `say`, `ask`, `close`, `settings` and parts */
    constructor(app, catalogue, kept) {
        this.app = app;
        this.catalogue = catalogue;
        this.resolver = new Resolver(catalogue);
        this.entries = new Entries(catalogue);
        this.progress = new Progress(catalogue, this.entries);
        this.draft = new Draft(catalogue, kept.draft);
        this.state = reactive({ version: 0, scanMode: kept.scanMode || "quantity" });
        this.bins = reactive({ claims: kept.claims || [], finished: kept.finished || [] });
        this.recorder = new Recorder({
            sessionId: catalogue.session.id,
            journal: app.journal,
            clock: app.clock,
            entries: this.entries,
            catalogue,
            onChange: () => {
                this.touch();
                app.sync.wake();
            },
        });
        this.load(app.journal.ofSession(catalogue.session.id));
    }

    load(rows) {
        this.entries.load(rows);
        rows.forEach((row) => this.progress.take(row));
        if (rows.some((row) => row.view.draft && row.view.draft === this.draft.state.id)) {
            this.draft.clear();
        }
        if (this.options.lock_location && this.entries.first) {
            this.lockedId = this.entries.first.location_id;
            this.draft.setLocation(this.catalogue.locations.get(this.lockedId), "scanned");
        }
    }

    get id() {
        return this.catalogue.session.id;
    }

    get options() {
        return this.catalogue.options;
    }

    /** Something changed that screens show. */
    touch() {
        this.state.version++;
        this.app.sessions.keep();
    }

    /** Takes over what the server told: what others counted, who is where, what was finished. */
    takeNews({ lines, claims, finished, events, server_now }) {
        this.since = server_now;
        this.catalogue.mergeLines(lines);
        Object.assign(this.bins, { claims, finished });
        for (const { uuid, status } of events) {
            const { body } = this.app.journal.rows.get(uuid) || {};
            if (status === "refused" && body?.kind === "bin_finished") {
                this.progress.finished.delete(body.location_id);
            }
        }
        this.state.version++;
    }

    // ---- Choosing what is counted ----

    /** Begins with an item, finishing the one before; says what is still missing. */
    async chooseItem(item) {
        if (this.isAgain(item)) {
            const qty = item.qty || 1;
            // Scanned twice and nothing typed in between: it is two.
            this.draft.step(this.draft.qty === null ? 2 * qty : qty);
        } else {
            await this.finishDraft();
            this.draft.choose(item, this.options.preload_units ? this.lastText || "" : "");
            this.findPlace();
        }
        return this.proceed();
    }

    /** The same item scanned once more is one more of it. */
    isAgain({ product, lot, lot_name, uom_id }) {
        const { state } = this.draft;
        const isItem = product.id === state.product_id && product.tracking !== "serial";
        const isLot =
            !(lot || lot_name) || (lot ? lot.id === state.lot_id : lot_name === state.lot_name);
        const isUnit = (uom_id || product.uom_id) === state.uom_id;
        return this.state.scanMode === "quantity" && isItem && isLot && isUnit;
    }

    /** Counts what was meant before something else begins, so that no scan is lost. */
    async finishDraft() {
        if (this.draft.isReady) {
            await this.add();
        } else if (this.draft.product && !this.justAdded && !this.options.preload_item) {
            this.app.say(messages.leftWithoutQuantity({ item: this.draft.product.name }));
        }
    }

    findPlace() {
        const { draft } = this;
        const { where } = draft.state;
        const isLast = where === "last" && this.options.preload_location;
        const keeps = draft.location && (where === "scanned" || isLast || this.lockedId);
        if (!keeps) {
            const lines = this.catalogue.linesOfProduct.get(draft.state.product_id) || [];
            const places = new Set(lines.map((line) => line.location_id));
            const usual = places.size === 1 ? [...places][0] : draft.product.location_id;
            draft.setLocation(this.catalogue.locations.get(usual), "usual");
        }
    }

    /** Asks for what is missing, or counts it where each scan is one. */
    async proceed() {
        const { draft } = this;
        this.justAdded = false;
        if (draft.missing === "location") {
            return this.app.ask("location", { isNeeded: true }, messages.noLocation());
        }
        if (draft.missing === "lot") {
            return this.askLot();
        }
        if (!this.line && this.candidates.length > 1) {
            return this.app.ask("which", { lines: this.candidates });
        }
        if (this.state.scanMode === "each" || this.isComplete) {
            draft.state.text ||= "1";
            return this.add();
        }
        this.touch();
        this.app.say(messages.chosen({ item: draft.product.name }));
    }

    /** A serial number is one, so nothing is left to be entered, unless it has a second one. */
    get isComplete() {
        const isSerial = this.draft.product.tracking === "serial";
        return isSerial && this.draft.qty === 1 && !this.options.serial2;
    }

    askLot() {
        const { product } = this.draft;
        const isSerial = product.tracking === "serial";
        const say = isSerial ? messages.serialNeeded : messages.lotNeeded;
        return this.app.ask("lot", {}, say({ item: product.name }));
    }

    async setLocation(location, where = "scanned") {
        if (this.lockedId && location.id !== this.lockedId) {
            const locked = this.catalogue.locations.get(this.lockedId);
            this.app.say(messages.locationLocked({ location: locked.name }));
            return false;
        }
        if (location.id !== this.draft.state.location_id) {
            if (this.draft.location) {
                await this.finishDraft();
                this.draft.clear();
            }
            this.draft.setLocation(location, where);
            await this.app.claims.enter(this, location);
        }
        this.touch();
        return true;
    }

    // ---- Counting ----

    /** Lines that this may be: of one item in one place, they differ by package and owner. */
    get candidates() {
        const { product_id, location_id, lot_id, lot_name } = this.draft.state;
        const lines = this.catalogue.linesAt(product_id, location_id);
        return lines.filter(
            (line) => (line.lot_id || false) === lot_id && (line.lot_name || "") === lot_name
        );
    }

    get line() {
        const { line_id, package_id, owner_id } = this.draft.state;
        const { candidates } = this;
        if (line_id) {
            return candidates.find((line) => line.id === line_id);
        }
        return candidates.length === 1
            ? candidates[0]
            : candidates.find(
                  (line) =>
                      (package_id || owner_id) &&
                      (line.package_id || false) === package_id &&
                      (line.owner_id || false) === owner_id
              );
    }

    /** What the entered quantity is of, by its natural key. */
    get key() {
        const { line } = this;
        const { product_id, location_id, lot_id, lot_name, package_id, owner_id } =
            this.draft.state;
        return line
            ? { ...line, line_id: line.id }
            : { product_id, location_id, lot_id, lot_name, package_id, owner_id };
    }

    /** How many of what is entered now this person counted here so far, in the item's unit. */
    get soFar() {
        return this.draft.product && this.draft.location ? this.entries.total(this.key) : 0;
    }

    /** Counts what is entered. Answers whether it was. */
    async add({ sure = false } = {}) {
        const problem = this.findProblem(sure);
        if (problem) {
            problem();
            return false;
        }
        const { draft, key } = this;
        const { id, serial2, rfid, note, uom_id } = draft.state;
        const what = { qty: draft.qty, uom_id, serial2, rfid, note };
        const entry = await this.recorder.count(key, what, id);
        this.app.say(this.tellAdded(entry), () => this.recorder.withdraw(entry));
        this.lastText = draft.state.text;
        this.lockedId ??= this.options.lock_location ? key.location_id : undefined;
        this.startNext();
        return true;
    }

    findProblem(sure) {
        const { draft, app } = this;
        const { missing, product } = draft;
        const isSerial = product?.tracking === "serial";
        if (missing === "quantity") {
            return () => app.say(draft.qty === null ? messages.noQuantity() : messages.tooMany());
        }
        if (missing) {
            return () => (missing === "product" ? app.ask("item") : this.proceed());
        }
        if (draft.qty === 0 && !this.options.allow_zero) {
            return () => app.say(messages.zeroOff());
        }
        if (isSerial && draft.qty > 1) {
            return () => app.say(messages.serialQuantity());
        }
        const before = isSerial && draft.qty && this.entries.findSerial(draft.state);
        if (before) {
            return () => this.refuseTwice(before);
        }
        return draft.qty >= DOUBTFUL && !sure ? () => app.ask("doubt", { qty: draft.qty }) : null;
    }

    refuseTwice(before) {
        const serial = this.catalogue.lotName(before);
        const location = this.catalogue.locations.get(before.location_id)?.name || "?";
        this.app.say(messages.serialTwice({ serial, location }));
        this.draft.clear();
        this.touch();
    }

    tellAdded(entry) {
        const unit = this.catalogue.uoms.get(entry.uom_id)?.name || "";
        return messages.added({
            item: this.draft.product.name,
            qty: `${showQuantity(entry.qty)} ${unit}`.trim(),
            location: this.draft.location.name,
            total: showQuantity(this.entries.total(entry)),
        });
    }

    /** Prepares for the next item, as the options say. */
    startNext() {
        const { draft, options } = this;
        const keepsLocation =
            options.preload_location || draft.state.where === "scanned" || this.lockedId;
        const text = options.preload_units ? this.lastText : "";
        this.justAdded = true;
        draft.clear({ keepItem: options.preload_item, text });
        draft.setLocation(
            keepsLocation ? draft.location : undefined,
            draft.state.where === "scanned" ? "scanned" : "last"
        );
        this.touch();
    }

    setScanMode(mode) {
        this.state.scanMode = mode;
        this.touch();
    }
}
