import { isBeforeRecount, isRefusedWithdrawal, keyOf, readServerEntry, stateOf } from "./entry";

/** @typedef {import("./entry").Entry} Entry */

/**
 * The counts of this person in a session, without those taken back: from the journal, and from
 * other devices. They are grouped by key, so that a scan finds their sum in one step.
 */
export class Entries {
    /** @param {import("../catalogue/catalogue").Catalogue} catalogue */
    constructor(catalogue) {
        this.catalogue = catalogue;
        /** @type {Map<string, Entry>} */
        this.entries = new Map();
        this.byKey = new Map();
        /** The uuid of the last entry of each RFID tag. */
        this.byTag = new Map();
    }

    /** Loads the journal's rows, and the entries that only the server has. */
    load(rows) {
        const known = new Set(rows.map((row) => row.uuid));
        for (const entry of this.catalogue.entries) {
            if (!entry.withdrawn && !known.has(entry.uuid)) {
                this.put(readServerEntry(this.catalogue, entry));
            }
        }
        for (const row of rows) {
            this.take(row);
        }
    }

    /** Applies one row of the journal, in whatever state it is. */
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

    /** Brings back an entry whose withdrawal the server refused. */
    restore(uuid, row) {
        const sent = this.catalogue.entries.find((entry) => entry.uuid === uuid);
        if (row && row.state !== "refused") {
            this.take(row);
        } else if (sent && !row) {
            this.put(readServerEntry(this.catalogue, sent));
        }
    }

    put(entry) {
        entry.key = keyOf(entry);
        this.entries.set(entry.uuid, entry);
        if (!this.byKey.has(entry.key)) {
            this.byKey.set(entry.key, new Set());
        }
        this.byKey.get(entry.key).add(entry);
        const tag = entry.row?.body.rfid || entry.rfid;
        if (tag) {
            this.byTag.set(tag, entry.uuid);
        }
    }

    delete(uuid) {
        const entry = this.entries.get(uuid);
        if (entry) {
            this.entries.delete(uuid);
            this.byKey.get(entry.key).delete(entry);
        }
    }

    /** @returns {Entry | undefined} */
    get(uuid) {
        return this.entries.get(uuid);
    }

    /** @returns {number} what this person counted of a key, in the product's unit */
    total(key) {
        let total = 0;
        for (const { operation, product_qty } of this.standing(key)) {
            total = (operation === "set" ? 0 : total) + product_qty;
        }
        return total;
    }

    /** @returns {Entry[]} the entries of a key that count */
    standing(key) {
        return this.ofKey(key).filter((entry) => this.stands(entry));
    }

    stands(entry) {
        return stateOf(entry) !== "refused" && !this.isPast(entry);
    }

    isPast(entry) {
        return isBeforeRecount(this.catalogue, entry);
    }

    /** Stores the round in which the server recorded an entry. */
    setRound(uuid, round) {
        const entry = this.entries.get(uuid);
        if (entry?.row) {
            entry.round = entry.row.view.round = round;
        }
    }

    /** @returns {boolean} whether the server does not have some entry of a key yet */
    isWaiting(key) {
        return this.ofKey(key).some((entry) => stateOf(entry) === "waiting");
    }

    /** @returns {Entry | undefined} this person's count of a serial number, if there is one */
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
        return undefined;
    }

    /** Whether this person has counted an RFID tag. */
    hasTag(tag) {
        const entry = this.entries.get(this.byTag.get(tag));
        return Boolean(entry?.product_qty && this.stands(entry));
    }

    /** @returns {Entry[]} newest first */
    get list() {
        return [...this.entries.values()].reverse().filter((entry) => !this.isPast(entry));
    }

    /** @returns {Entry | undefined} the oldest entry that the server did not refuse */
    get first() {
        for (const entry of this.entries.values()) {
            if (stateOf(entry) !== "refused") {
                return entry;
            }
        }
        return undefined;
    }

    ofKey(key) {
        return [...(this.byKey.get(keyOf(key)) || [])];
    }
}
