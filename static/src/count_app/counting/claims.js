import { messages } from "../core/messages";

/** Who counts which bin: told to the others, so that two people do not add up one shelf. */
export class Claims {
    constructor(app) {
        this.app = app;
        this.current = null;
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
        if (other) {
            const say = { name: other.user_name, location: location.name };
            this.app.ask("claimed", { location, other }, messages.othersCount(say));
        } else {
            this.app.say(messages.atLocation({ location: location.name }));
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
