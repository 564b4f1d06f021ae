/** Where the count stands, by location in walking order; blind as the count is. */
export class Progress {
    /**
     * @param {import("../catalogue/catalogue").Catalogue} catalogue
     * @param {import("./entries").Entries} entries
     */
    constructor(catalogue, entries) {
        this.catalogue = catalogue;
        this.entries = entries;
        // What this device skipped or finished and the server does not know yet.
        this.skips = new Map();
        this.finished = new Set();
    }

    /** Takes over a row of the journal that the server does not know yet. */
    take(row) {
        if (row.kind === "event" && row.state === "waiting") {
            this.note(row.body);
        }
    }

    note({ kind, line_id, location_id }) {
        if (kind === "skip" || kind === "unskip") {
            this.skips.set(line_id, kind === "skip");
        } else if (kind === "bin_finished") {
            this.finished.add(location_id);
        }
    }

    /** "to_count", "recount", "skipped" or "counted". */
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

    linesAt(locationId, states) {
        const lines = this.catalogue.linesIn(locationId);
        return lines.filter((line) => states.includes(this.stateOf(line)));
    }

    leftAt(locationId) {
        return this.linesAt(locationId, ["to_count", "recount"]);
    }

    get skipped() {
        return [...this.catalogue.lines.values()].filter(
            (line) => this.stateOf(line) === "skipped"
        );
    }

    /** One row per location that has lines: `{ location, counted, skipped, left }`. */
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
