import { searchItems } from "../catalogue/search";
import { messages } from "../core/messages";
import { Question } from "./question";

const SHOWN = 60;

/** Asks which item to count: by ID or words, or from the lines left here. */
export class ItemQuestion extends Question {
    static template = "stock_count.ItemQuestion";

    /** With Option 341 names are searched while a person types, without it only IDs are. */
    get items() {
        const term = this.view.term.trim();
        if (!term) {
            return this.itemsLeft;
        }
        const { catalogue, options } = this.count;
        const found = this.view.found || searchItems(catalogue, term);
        const suggests = options.suggest_description || this.view.isSearched;
        return suggests ? found : found.filter((item) => startsWith(item.code, term));
    }

    /** The items of the lines left in this location. */
    get itemsLeft() {
        const { catalogue, progress } = this.count;
        const left = progress.leftAt(this.draft.location_id);
        const ids = new Set(left.map((line) => line.product_id));
        return [...ids]
            .map((id) => catalogue.products.get(id))
            .filter(Boolean)
            .slice(0, SHOWN);
    }

    type(ev) {
        Object.assign(this.view, { term: ev.target.value, found: null, isSearched: false });
    }

    /** Takes the scan of an unknown code that led here off the list of undecided ones. */
    async settle() {
        if (this.ask.row) {
            await this.app.journal.drop(this.ask.row);
        }
    }

    /** Handles Enter: as a code that was typed or scanned into the field, else as a search. */
    submit(ev) {
        const term = this.view.term.trim();
        this.do(async () => {
            const meaning = this.count.resolver.resolve(term);
            if (term && meaning.kind !== "none") {
                await this.settle();
                this.app.close();
                return this.app.scanner.act(meaning, term);
            }
            this.view.isSearched = true;
            if (term.length > 1 && !this.items.length) {
                await this.askServer(term);
            }
            if (term && !this.items.length) {
                this.retype(ev, messages.unknown({ code: term }));
            }
        });
    }

    async askServer(term) {
        const { catalogue, id: sessionId } = this.count;
        const { items } = await this.app.call("search_items", [sessionId, term]);
        items.forEach(({ id, name, code, tracking, uom_id }) =>
            catalogue.learn({
                product_id: id,
                product_name: name,
                product_code: code,
                tracking,
                uom_id,
            })
        );
        this.view.found = items.map(({ id }) => catalogue.products.get(id));
    }

    choose(product) {
        this.do(async () => {
            await this.settle();
            this.app.close();
            return this.count.steps.chooseItem({ product });
        });
    }
}

function startsWith(code, term) {
    return (code || "").toLowerCase().startsWith(term.toLowerCase());
}
