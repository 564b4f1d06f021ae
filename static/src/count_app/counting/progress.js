import { UNCOUNTED_STATES } from "../../const";

const TO_COUNT = UNCOUNTED_STATES.filter((state) => state !== "skipped");

/** How far the count is. It shows no expected quantity, so it is as blind as the count. */
export class Progress {
    /**
     * @param {import("../catalogue/catalogue").Catalogue} catalogue
     * @param {import("./entries").Entries} entries
     */
    constructor(catalogue, entries) {
        this.catalogue = catalogue;
        this.entries = entries;
        // Lines skipped (true) or taken back, and bins finished, that the server does not have yet.
        this.skips = new Map();
        this.finished = new Set();
    }

    /** Applies a row of the journal if the server does not have it yet. */
    take(row) {
        if (row.kind === "event" && row.state === "waiting") {
            this.note(row.body);
        }
    }

    /** @param {{ kind: string, line_id?: number, location_id?: number }} event */
    note({ kind, line_id, location_id }) {
        if (kind === "skip" || kind === "unskip") {
            this.skips.set(line_id, kind === "skip");
        } else if (kind === "bin_finished") {
            this.finished.add(location_id);
        }
    }

    /** @returns {"to_count"|"recount"|"skipped"|"counted"} */
    stateOf(line) {
        if (this.entries.isWaiting(line)) {
            return "counted";
        }
        if (this.finished.has(line.location_id) && line.state !== "recount") {
            return "counted";
        }
        if (line.state !== "counted" && this.skips.has(line.id)) {
            return this.skips.get(line.id) ? "skipped" : "to_count";
        }
        return line.state;
    }

    /** @returns {Object[]} the lines in a location that have no count, skipped ones included */
    uncountedAt(locationId) {
        return this.linesAt(locationId, UNCOUNTED_STATES);
    }

    /** @returns {Object[]} the lines in a location that are to be counted */
    leftAt(locationId) {
        return this.linesAt(locationId, TO_COUNT);
    }

    linesAt(locationId, states) {
        const lines = this.catalogue.linesIn(locationId);
        return lines.filter((line) => states.includes(this.stateOf(line)));
    }

    /** @returns {Object[]} all skipped lines */
    get skipped() {
        return [...this.catalogue.lines.values()].filter(
            (line) => this.stateOf(line) === "skipped"
        );
    }

    /**
     * The numbers of lines by location, in walking order, of locations that have lines.
     *
     * @returns {{ location: Object, counted: number, skipped: number, left: number }[]}
     */
    get byLocation() {
        const rows = [];
        for (const location of this.catalogue.locations.values()) {
            const lines = this.catalogue.linesIn(location.id);
            if (lines.length) {
                rows.push({ location, ...this.tally(lines) });
            }
        }
        return rows;
    }

    /**
     * The locations where something is left to count, in walking order from a location on, and
     * then from the first.
     *
     * @param {number} [afterId] the location that was left last
     * @returns {{ location: Object, counted: number, skipped: number, left: number }[]}
     */
    nextAfter(afterId) {
        const rows = this.byLocation;
        const place = rows.findIndex(({ location }) => location.id === afterId) + 1;
        return [...rows.slice(place), ...rows.slice(0, place)].filter((row) => row.left);
    }

    /** @returns {{ counted: number, skipped: number, left: number }} of all lines */
    get total() {
        return this.tally(this.catalogue.lines.values());
    }

    tally(lines) {
        const sums = { counted: 0, skipped: 0, left: 0 };
        for (const line of lines) {
            const state = this.stateOf(line);
            sums[state in sums ? state : "left"]++;
        }
        return sums;
    }
}
