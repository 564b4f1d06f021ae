import { browser } from "@web/core/browser/browser";
import { messages } from "../core/messages";

/** Who came at the same moment is not in the first answer, milliseconds. */
const SECOND_LOOK = 4000;

/** Who counts which bin: told to the others, so that two people do not add up one shelf. */
export class Claims {
    constructor(app) {
        this.app = app;
        this.current = null;
        // The claim that this person was told about last.
        this.told = null;
    }

    /** This person counts here from now on; warns when somebody else does. */
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
            this.told = nameOf(other);
            const say = { name: other.user_name, location: location.name };
            this.app.ask("claimed", { location, other }, messages.othersCount(say));
        } else {
            this.app.say(messages.atLocation({ location: location.name }));
        }
    }

    /** Tells once who came into this bin, or was there before and is only known of now. */
    notice(count) {
        const other = this.current && this.othersAt(count, this.current);
        if (!other || this.told === nameOf(other)) {
            return;
        }
        this.told = nameOf(other);
        const location = count.catalogue.locations.get(this.current);
        const words = messages.othersCount({ name: other.user_name, location: location.name });
        const mine = count.bins.claims.find(
            (claim) => claim.location_id === this.current && claim.is_me
        );
        // Who came second decides; a question that is open is answered first.
        if (this.app.state.overlay || (mine && mine.at < other.at)) {
            this.app.say(words);
        } else {
            this.app.ask("claimed", { location, other }, words);
        }
    }

    async leave(count) {
        if (this.current) {
            await count.recorder.event("bin_release", { location_id: this.current });
            this.current = null;
        }
    }

    othersAt(count, locationId) {
        return count.bins.claims.find((claim) => claim.location_id === locationId && !claim.is_me);
    }
}

const nameOf = ({ location_id, user_name, at }) => [location_id, user_name, at].join();
