/**
 * What this person counted in a session and did not take back: rows of the journal, and what was
 * sent from another device. Kept by key, so that a scan finds "how many so far" in one step.
 */
export class Entries {
    constructor(catalogue) {
        this.catalogue = catalogue;
        this.entries = new Map();
        this.byKey = new Map();
    }

    /** Takes over the rows of the journal, and entries that only the server has. */
    load(rows) {
        const known = new Set(rows.map((row) => row.uuid));
        for (const entry of this.catalogue.entries) {
            if (!entry.withdrawn && !known.has(entry.uuid)) {
                this.put(this.readServerEntry(entry));
            }
        }
        for (const row of rows) {
            this.take(row);
        }
    }

    /** Takes over one row of the journal, in whatever state it is. */
    take(row) {
        if (row.kind !== "entry") {
            return;
        }
        if (row.body.operation === "withdraw") {
            if (!isRefusedWithdrawal(row)) {
                this.delete(row.body.withdraws);
            }
        } else if (row.state !== "dropped") {
            this.put({ ...row.view, uuid: row.uuid, row });
        }
    }

    /** Shows again what was to be taken back and still counts. */
    restore(uuid, row) {
        const sent = this.catalogue.entries.find((entry) => entry.uuid === uuid);
        if (row && row.state !== "refused") {
            this.take(row);
        } else if (sent && !row) {
            this.put(this.readServerEntry(sent));
        }
    }

    put(entry) {
        entry.key = keyOf(entry);
        this.entries.set(entry.uuid, entry);
        if (!this.byKey.has(entry.key)) {
            this.byKey.set(entry.key, new Set());
        }
        this.byKey.get(entry.key).add(entry);
    }

    delete(uuid) {
        const entry = this.entries.get(uuid);
        if (entry) {
            this.entries.delete(uuid);
            this.byKey.get(entry.key).delete(entry);
        }
    }

    /** How many of a key were counted by this person, in the product's unit. */
    total(key) {
        let total = 0;
        for (const { operation, product_qty } of this.standing(key)) {
            total = (operation === "set" ? 0 : total) + product_qty;
        }
        return total;
    }

    /** The entries of a key that make up its count. */
    standing(key) {
        const entries = [...(this.byKey.get(keyOf(key)) || [])];
        return entries.filter((entry) => this.stands(entry));
    }

    stands(entry) {
        return stateOf(entry) !== "refused" && !this.isPast(entry);
    }

    /**
     * Whether a recount was asked for since: kept as evidence, it counts no more and is not shown,
     * so that the recount is as blind as the first one.
     */
    isPast(entry) {
        const line = this.catalogue.lines.get(entry.line_id || entry.row?.line_id);
        // What waits is recorded in the round that is open when it arrives.
        const isRecorded = stateOf(entry) === "done";
        return Boolean(line) && isRecorded && (entry.round || 1) < (line.first_round || 1);
    }

    /** Notes in which round the server recorded an entry. */
    setRound(uuid, round) {
        const entry = this.entries.get(uuid);
        if (entry?.row) {
            entry.round = entry.row.view.round = round;
        }
    }

    /** Whether something of a key was counted that the server does not know yet. */
    isWaiting(key) {
        return [...(this.byKey.get(keyOf(key)) || [])].some(
            (entry) => stateOf(entry) === "waiting"
        );
    }

    /** Where this person counted a serial, if anywhere. */
    findSerial({ product_id, lot_id, lot_name }) {
        const name = lot_name || this.catalogue.lots.get(lot_id)?.name;
        for (const entry of this.entries.values()) {
            if (
                entry.product_id === product_id &&
                entry.product_qty &&
                this.stands(entry) &&
                this.catalogue.lotName(entry) === name
            ) {
                return entry;
            }
        }
    }

    /** Newest first. */
    get list() {
        return [...this.entries.values()].reverse().filter((entry) => !this.isPast(entry));
    }

    /** The first one that the server takes. */
    get first() {
        for (const entry of this.entries.values()) {
            if (stateOf(entry) !== "refused") {
                return entry;
            }
        }
        return undefined;
    }

    readServerEntry(entry) {
        const line = this.catalogue.lines.get(entry.line_id) || {};
        const { product_id, location_id, lot_id, lot_name, package_id, owner_id } = line;
        const key = { product_id, location_id, lot_id, lot_name, package_id, owner_id };
        return { ...key, ...entry, at: entry.counted_at };
    }
}

/** Whether the server still counts what was to be taken back. */
function isRefusedWithdrawal({ state, code }) {
    return state === "refused" || (state === "dropped" && !code);
}

/** What became of an entry: "waiting", "done" or "refused". */
export function stateOf(entry) {
    return entry.row?.state || "done";
}

/** The natural key as text. */
export function keyOf({ product_id, location_id, lot_id, lot_name, package_id, owner_id }) {
    const parts = [product_id, location_id, lot_id, lot_id ? "" : lot_name, package_id, owner_id];
    return parts.map((part) => part || "").join("|");
}
