import { Component, useState } from "@odoo/owl";
import { useApp } from "../app/use_app";
import { Icon } from "../parts/icon";

/** Begins a new count, or opens one that was begun. */
export class StartScreen extends Component {
    static template = "stock_count.StartScreen";
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useApp());
        const { warehouses, lots_to_count, count_types, sessions } = this.start;
        // The user is most likely in a warehouse with a count for them.
        const busy = new Set(sessions.map((session) => session.warehouse_id));
        const warehouse = warehouses.find(({ id }) => busy.has(id)) || warehouses[0];
        this.choice = useState({
            warehouse: warehouse?.id,
            type: count_types[0]?.id,
            lots: String(lots_to_count),
            isBusy: false,
            problem: "",
        });
    }

    get start() {
        return this.state.start;
    }

    get asksLots() {
        return this.start.count_types.find((type) => type.id === this.choice.type)?.asks_lots;
    }

    get sessions() {
        return this.start.sessions.filter(
            (session) => session.warehouse_id === this.choice.warehouse
        );
    }

    typeName({ count_type }) {
        return this.start.count_types.find((type) => type.id === count_type)?.name || "";
    }

    setWarehouse(id) {
        this.choice.warehouse = Number(id);
    }

    /** Begins a new count. */
    async run() {
        const { warehouse, type, lots } = this.choice;
        const args = [warehouse, type, this.asksLots ? Number(lots) : null];
        await this.busy(async () => {
            const answer = await this.app.call("start_session", args);
            if (answer.status === "refused") {
                this.choice.problem = answer.message;
            } else {
                await this.app.sessions.enter(answer.session_id, { fresh: true });
            }
        });
    }

    /** Opens a session that was begun. */
    edit(session) {
        return this.busy(() => this.app.sessions.take(session.id));
    }

    logOut() {
        return this.busy(() => this.app.sessions.logOut());
    }

    async busy(work) {
        const { app } = this;
        Object.assign(this.choice, { isBusy: true, problem: "" });
        // Scans from now on belong to the count that is being opened.
        app.isOpening = true;
        await app.guard(work);
        app.isOpening = this.choice.isBusy = false;
        if (!app.count) {
            app.queue.forget();
        }
    }
}
