import { searchLocations } from "../catalogue/search";
import { messages } from "../core/messages";
import { answerLocation } from "../counting/draft_answers";
import { Question } from "./question";

const SHOWN = 60;

/** Asks for the location: scanned, or chosen in walking order. */
export class LocationQuestion extends Question {
    static template = "stock_count.LocationQuestion";

    get locations() {
        return searchLocations(this.count.catalogue, this.view.term).slice(0, SHOWN);
    }

    left(location) {
        return this.count.progress.leftAt(location.id).length;
    }

    /** Handles Enter: as a code or name that was typed or scanned into the field. */
    submit(ev) {
        const term = this.view.term.trim();
        const meaning = this.count.resolver.resolve(term);
        const found = meaning.kind === "location" ? [meaning.location] : this.locations;
        if (term && found.length === 1) {
            this.choose(found[0]);
        } else if (!found.length) {
            this.retype(ev, messages.locationOutside({ code: term }));
        }
    }

    choose(location) {
        this.do(() => answerLocation(this.app, location));
    }
}
