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
            this.delete(row.body.withdraws);
        } else if (row.state !== "dropped") {
            this.put({ ...row.view, uuid: row.uuid, row });
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
        for (const entry of this.byKey.get(keyOf(key)) || []) {
            total += stateOf(entry) === "refused" ? 0 : entry.product_qty;
        }
        return total;
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
                stateOf(entry) !== "refused" &&
                this.catalogue.lotName(entry) === name
            ) {
                return entry;
            }
        }
    }

    /** Newest first. */
    get list() {
        return [...this.entries.values()].reverse();
    }

    get first() {
        return this.entries.values().next().value;
    }

    readServerEntry({ uuid, line_id, qty, uom_id, product_qty, operation, counted_at }) {
        const line = this.catalogue.lines.get(line_id) || {};
        const { product_id, location_id, lot_id, lot_name, package_id, owner_id } = line;
        const key = { line_id, product_id, location_id, lot_id, lot_name, package_id, owner_id };
        return { ...key, uuid, qty, uom_id, product_qty, operation, at: counted_at };
    }
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
