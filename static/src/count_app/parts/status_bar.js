import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useApp } from "../app/use_app";
import { Icon } from "./icon";

/** Shows on every screen how many rows the server does not have yet, and what to do about it. */
export class StatusBar extends Component {
    static template = "stock_count.StatusBar";
    static components = { Icon };
    static props = {};

    setup() {
        Object.assign(this, useApp());
    }

    /** @returns {"sent"|"sending"|"offline"|"failed"|"denied"|"login"} */
    get status() {
        const { status } = this.sync;
        if (["offline", "failed", "denied", "login"].includes(status)) {
            return status;
        }
        return this.journal.unsent ? "sending" : "sent";
    }

    /** By how much the device's clock is wrong, such as "5 min". */
    get clockError() {
        const hours = Math.abs(this.state.clockOffset) / 3_600_000;
        return hours < 1 ? `${Math.round(hours * 60)} min` : `${Math.round(hours * 10) / 10} h`;
    }

    logIn() {
        browser.location.assign("/web/login?redirect=/stock_count/app");
    }

    showRefused() {
        this.app.reviewFilter = "refused";
        this.app.show("review");
    }

    /** Opens the new version, which goes on where this one is. */
    update() {
        this.app.do(async () => {
            await this.app.keeper.keepNow();
            browser.location.reload();
        });
    }

    retry() {
        this.app.sync.wake(0);
    }
}
