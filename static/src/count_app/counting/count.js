import { reactive } from "@odoo/owl";
import { Resolver } from "../catalogue/resolver";
import { Draft } from "./draft";
import { DraftAdder } from "./draft_adder";
import { DraftSteps } from "./draft_steps";
import { DraftTarget } from "./draft_target";
import { Entries } from "./entries";
import { Progress } from "./progress";
import { Recorder } from "./recorder";
import { SetAside } from "./set_aside";

/**
 * An open session on this device: its catalogue, what was counted, and the draft. Nothing here
 * talks to the server; the journal's rows are sent by `core/sync.js`.
 */
export class Count {
    /**
     * @param {import("../app/app_state").AppState} app
     * @param {import("../catalogue/catalogue").Catalogue} catalogue
     * @param {Object} kept what the device kept of this session, see `app/count_keeper.js`
     */
    constructor(app, catalogue, kept) {
        this.app = app;
        this.catalogue = catalogue;
        this.resolver = new Resolver(catalogue);
        this.entries = new Entries(catalogue);
        this.progress = new Progress(catalogue, this.entries);
        this.draft = new Draft(catalogue, kept.draft);
        this.aside = new SetAside(catalogue, kept.aside);
        this.state = reactive({
            version: 0,
            scanMode: kept.scanMode || "quantity",
            // The bin that this person finished last.
            lastBin: kept.lastBin || false,
        });
        this.bins = reactive({ claims: kept.claims || [], finished: kept.finished || [] });
        /** Unknown codes that were scanned: a reader sends foreign tags again and again. */
        this.missed = new Set();
        this.recorder = this.makeRecorder();
        this.target = new DraftTarget(this);
        this.adder = new DraftAdder(this);
        this.steps = new DraftSteps(this);
        this.load(app.journal.ofSession(this.id));
    }

    makeRecorder() {
        const { app, catalogue, entries } = this;
        return new Recorder({
            sessionId: this.id,
            journal: app.journal,
            clock: app.clock,
            entries,
            catalogue,
            onChange: () => {
                this.touch();
                app.sync.wake();
            },
        });
    }

    load(rows) {
        this.entries.load(rows);
        rows.forEach((row) => this.progress.take(row));
        const misses = rows.filter((row) => row.kind === "miss");
        misses.forEach((row) => this.missed.add(row.view.code));
        if (rows.some((row) => row.view.draft && row.view.draft === this.draft.state.id)) {
            // The draft was recorded, and the app ended before it was emptied.
            this.draft.clear();
        }
        if (this.lockedId) {
            this.draft.setLocation(this.catalogue.locations.get(this.lockedId), "scanned");
        }
    }

    /** @returns {number} the session's id */
    get id() {
        return this.catalogue.session.id;
    }

    /** @returns {Object} the company's options, see docs/count_app.md */
    get options() {
        return this.catalogue.options;
    }

    /** With Option 345 the location where this person began, as long as a count there stands. */
    get lockedId() {
        return this.options.lock_location ? this.entries.first?.location_id : undefined;
    }

    /** Redraws the screens and keeps the draft. */
    touch() {
        this.state.version++;
        this.app.keeper.keep();
    }

    /** @param {"quantity"|"each"} mode "each": a scan counts one unit without further keys */
    setScanMode(mode) {
        this.state.scanMode = mode;
        this.touch();
    }
}
