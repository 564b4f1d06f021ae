import { browser } from "@web/core/browser/browser";
import { messages } from "../core/messages";

/**
 * When to ask the server again after entering a bin, in milliseconds: the first answer does not
 * show a person who entered at the same moment.
 */
const SECOND_LOOK = 4000;

/** Shows other people which bin this person counts, so that two people do not add up one shelf. */
export class Claims {
    /** @param {import("../app/app_state").AppState} app */
    constructor(app) {
        this.app = app;
        /** @type {number | null} the location that this person counts in */
        this.current = null;
        // The other person's claim that was shown last.
        this.shown = null;
    }

    /** Claims a bin, and warns if somebody else counts there. */
    async enter(count, location) {
        const other = this.othersAt(count, location.id);
        if (this.current === location.id) {
            return;
        }
        await this.leave(count);
        await count.recorder.event("bin_claim", { location_id: location.id });
        this.current = location.id;
        browser.setTimeout(() => this.app.sync.wake(0), SECOND_LOOK);
        if (other) {
            this.shown = nameOf(other);
            const values = { name: other.user_name, location: location.name };
            this.app.ask("claimed", { location, other }, messages.othersCount(values));
        } else {
            this.app.say(messages.atLocation({ location: location.name }));
        }
    }

    /** Shows once, after news of the server, who else counts in this person's bin. */
    notice(count) {
        const other = this.current && this.othersAt(count, this.current);
        if (!other || this.shown === nameOf(other)) {
            return;
        }
        this.shown = nameOf(other);
        const location = count.catalogue.locations.get(this.current);
        const message = messages.othersCount({ name: other.user_name, location: location.name });
        const mine = count.bins.claims.find(
            (claim) => claim.location_id === this.current && claim.is_me
        );
        // The person who came second decides. An open question has to be answered first.
        if (this.app.state.overlay || (mine && mine.at < other.at)) {
            this.app.say(message);
        } else {
            this.app.ask("claimed", { location, other }, message);
        }
    }

    /** Gives the claimed bin up, if there is one. */
    async leave(count) {
        if (this.current) {
            await count.recorder.event("bin_release", { location_id: this.current });
            this.current = null;
        }
    }

    /** @returns {Object | undefined} another person's claim of a location */
    othersAt(count, locationId) {
        return count.bins.claims.find((claim) => claim.location_id === locationId && !claim.is_me);
    }
}

const nameOf = ({ location_id, user_name, at }) => [location_id, user_name, at].join();
