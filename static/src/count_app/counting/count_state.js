import { reactive } from "@odoo/owl";
import { Resolver } from "../catalogue/resolver";
import { Draft } from "./draft";
import { Entries } from "./entries";
import { Progress } from "./progress";
import { Recorder } from "./recorder";

/** A session on this device: what is entered now, and what was counted. */
export class CountState {
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
        if (this.lockedId) {
            this.draft.setLocation(this.catalogue.locations.get(this.lockedId), "scanned");
        }
    }

    get id() {
        return this.catalogue.session.id;
    }

    get options() {
        return this.catalogue.options;
    }

    /** With Option 345 the place where this person began, as long as a count there stands. */
    get lockedId() {
        return this.options.lock_location ? this.entries.first?.location_id : undefined;
    }

    /** Something changed that screens show. */
    touch() {
        this.state.version++;
        this.app.sessions.keep();
    }

    /** Takes over what the server told: what others counted, who is where, what was finished. */
    takeNews({ lines, claims, finished, results, events, server_now }) {
        this.since = server_now;
        this.catalogue.mergeLines(lines);
        const refused = new Set(results.filter(isRefused).map(({ uuid }) => uuid));
        results.forEach((answer) => this.takeResult(answer, refused));
        Object.assign(this.bins, { claims, finished });
        for (const { uuid, status } of events) {
            const { body } = this.app.journal.rows.get(uuid) || {};
            if (status === "refused" && body?.kind === "bin_finished") {
                this.progress.finished.delete(body.location_id);
            }
        }
        this.app.claims.notice(this);
        this.state.version++;
    }

    takeResult({ uuid, status, code, line_id }, refused) {
        const { rows } = this.app.journal;
        const target = rows.get(uuid)?.body.withdraws;
        if (status === "recorded") {
            this.entries.setRound(uuid, this.catalogue.lines.get(line_id)?.first_round || 1);
        } else if (refused.has(uuid) && target && code !== "withdrawn_already") {
            // It still counts, unless it was refused itself.
            refused.has(target) || this.entries.restore(target, rows.get(target));
        }
    }

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
        if (package_id || owner_id) {
            return candidates.find(
                (line) =>
                    (line.package_id || false) === package_id &&
                    (line.owner_id || false) === owner_id
            );
        }
        return candidates.length === 1 ? candidates[0] : undefined;
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

    setScanMode(mode) {
        this.state.scanMode = mode;
        this.touch();
    }
}

const isRefused = ({ status }) => status === "refused";
