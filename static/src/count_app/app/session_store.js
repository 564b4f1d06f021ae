/**
 * What the device keeps of sessions: catalogues, lines that changed since, news, and what was open.
 */
export class SessionStore {
    /** @param {import("../core/database").Database} database */
    constructor(database) {
        this.database = database;
    }

    // ---- Catalogues ----

    /** @returns {Promise<string | undefined>} a catalogue as JSON */
    getCatalogue(sessionId) {
        return this.database.get("catalogues", sessionId);
    }

    /** @param {Object} payload the answer of load_catalogue */
    async putCatalogue(sessionId, payload) {
        const { database } = this;
        await this.deleteLines(sessionId);
        await database.put("catalogues", JSON.stringify(payload), sessionId);
        await database.put("settings", { since: payload.server_now }, `news.${sessionId}`);
    }

    /** Deletes the catalogues of all sessions but one. */
    async deleteOthers(sessionId) {
        for (const id of await this.database.getKeys("catalogues")) {
            if (id !== sessionId) {
                await this.database.delete("catalogues", id);
                await this.deleteLines(id);
            }
        }
    }

    // ---- News since the catalogue ----

    /** @returns {Promise<Object[]>} the lines that changed since the catalogue was loaded */
    getLines(sessionId) {
        return this.database.getAllOf("lines", sessionId);
    }

    deleteLines(sessionId) {
        return this.database.delete("lines", IDBKeyRange.bound([sessionId], [sessionId, []]));
    }

    /** @returns {Promise<Object>} claims, finished, session_state and since */
    async getNews(sessionId) {
        return (await this.database.get("settings", `news.${sessionId}`)) || {};
    }

    /** @param {Object} answer the answer of sync */
    async putNews(sessionId, { lines, claims, finished, session_state, server_now }) {
        const rows = lines.map((line) => ({ ...line, session_id: sessionId }));
        await this.database.putAll("lines", rows);
        const news = { claims, finished, session_state, since: server_now };
        await this.database.put("settings", news, `news.${sessionId}`);
    }

    // ---- What was open ----

    /** @returns {Promise<Object>} see CountKeeper */
    async getCount(sessionId) {
        return (await this.database.get("settings", `count.${sessionId}`)) || {};
    }

    keepCount(sessionId, kept) {
        return this.database.put("settings", kept, `count.${sessionId}`);
    }

    /** @returns {Promise<number | undefined>} the session that was open last */
    getOpenId() {
        return this.database.get("settings", "session");
    }

    putOpenId(sessionId) {
        return this.database.put("settings", sessionId, "session");
    }

    deleteOpenId() {
        return this.database.delete("settings", "session");
    }

    /** @returns {Promise<Object | undefined>} the answer of load_start */
    getStart() {
        return this.database.get("settings", "start");
    }

    putStart(start) {
        return this.database.put("settings", start, "start");
    }
}
