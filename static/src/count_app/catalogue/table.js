/**
 * A table of the server as records by id. A record is made when it is asked for: of 20,000 items a
 * worker sees some hundred, and a phone should not wait for the others.
 */
export class Table {
    /** @param {{ columns: string[], rows: any[][] }} [table] */
    constructor({ columns = [], rows = [] } = {}) {
        this.columns = columns;
        this.rows = rows;
        this.records = new Map();
        this.places = new Map();
        this.idAt = columns.indexOf("id");
        for (let i = 0; i < rows.length; i++) {
            this.places.set(rows[i][this.idAt], i);
        }
    }

    /** @returns {Object | undefined} */
    get(id) {
        const record = this.records.get(id);
        if (record || !this.places.has(id)) {
            return record;
        }
        return this.at(this.places.get(id));
    }

    has(id) {
        return this.records.has(id) || this.places.has(id);
    }

    /** Adds a record as the last one. */
    set(id, record) {
        this.records.set(id, record);
        if (!this.places.has(id)) {
            this.places.set(id, this.rows.length);
            this.rows.push(this.columns.map((name) => record[name]));
        }
    }

    /** @returns {Object} the record of the i-th row */
    at(i) {
        const row = this.rows[i];
        const known = this.records.get(row[this.idAt]);
        if (known) {
            return known;
        }
        const record = readRow(this.columns, row);
        this.records.set(record.id, record);
        return record;
    }

    /** Yields all records in the server's order. */
    *values() {
        for (let i = 0; i < this.rows.length; i++) {
            yield this.at(i);
        }
    }

    /** @returns {any[]} one column of all rows, without making records */
    column(name) {
        const at = this.columns.indexOf(name);
        return this.rows.map((row) => row[at]);
    }
}

/**
 * @param {string[]} columns
 * @param {any[]} row
 * @returns {Object} the record of a row
 */
export function readRow(columns, row) {
    const record = {};
    for (let i = 0; i < columns.length; i++) {
        record[columns[i]] = row[i];
    }
    return record;
}
