import { Component, useState } from "@odoo/owl";
import { useCount } from "../app/use_app";
import { searchItems, searchLocations } from "../catalogue/search";
import { messages } from "../core/messages";
import { DOUBTFUL, MAX_QUANTITY, showQuantity } from "../core/numbers";
import { giveLocation, giveLot } from "../counting/answers";
import { Sheet } from "../parts/sheet";
import { Icon } from "../parts/icon";

const SHOWN = 60;

export class Question extends Component {
    static components = { Sheet, Icon };
    static props = { ask: Object };

    setup() {
        Object.assign(this, useCount());
        this.ask = useState(this.props.ask);
        this.view = useState({ term: "", found: null, text: "" });
    }

    /** Runs work in its turn, after the scans before it. */
    do(work) {
        this.app.do(work);
    }

    close() {
        this.do(() => this.app.close());
    }

    /** Says what is wrong with a field; what is typed or scanned next replaces it. */
    retype(ev, message) {
        ev.target.querySelector("input")?.select();
        this.app.say(message);
    }

    /** What is wrong with typed quantities, as a message; a doubtful one is taken when repeated. */
    findProblem(quantities) {
        const most = Math.max(...quantities);
        if (!quantities.length || quantities.includes(null)) {
            return messages.noQuantity();
        }
        if (most > MAX_QUANTITY) {
            return messages.tooMany();
        }
        if (quantities.includes(0) && !this.count.options.allow_zero) {
            return messages.zeroOff();
        }
        if (most >= DOUBTFUL && this.view.agreed !== most) {
            this.view.agreed = most;
            return messages.doubtful({ qty: showQuantity(most) });
        }
    }
}

/** Which item: by ID or words, or from what is left here. */
export class ItemQuestion extends Question {
    static template = "stock_count.ItemQuestion";

    /** With Option 341 names are searched while typing, without it the ID has to be typed. */
    get items() {
        const { catalogue, options } = this.count;
        const term = this.view.term.trim();
        if (!term) {
            const left = this.count.progress.leftAt(this.draft.location_id);
            const ids = new Set(left.map((line) => line.product_id));
            return [...ids]
                .map((id) => catalogue.products.get(id))
                .filter(Boolean)
                .slice(0, SHOWN);
        }
        const found = this.view.found || searchItems(catalogue, term);
        const suggests = options.suggest_description || this.view.isSearched;
        return suggests ? found : found.filter((item) => startsWith(item.code, term));
    }

    type(ev) {
        Object.assign(this.view, { term: ev.target.value, found: null, isSearched: false });
    }

    /** The unknown code that led here is dealt with when an item was chosen. */
    async settle() {
        if (this.ask.row) {
            await this.app.journal.drop(this.ask.row);
        }
    }

    /** Enter in the field: a code typed or scanned into it, else a search, on the server too. */
    submit(ev) {
        const term = this.view.term.trim();
        this.do(async () => {
            const result = this.count.resolver.resolve(term);
            if (term && result.kind !== "none") {
                await this.settle();
                this.app.close();
                return this.app.scanner.act(result, term);
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
        const { items } = await this.app.call("search_items", [this.count.id, term]);
        items.forEach(({ id, name, code, tracking, uom_id }) =>
            this.count.catalogue.learn({
                product_id: id,
                product_name: name,
                product_code: code,
                tracking,
                uom_id,
            })
        );
        this.view.found = items.map(({ id }) => this.count.catalogue.products.get(id));
    }

    choose(product) {
        this.do(async () => {
            await this.settle();
            this.app.close();
            return this.count.chooseItem({ product });
        });
    }
}

/** Where: scanned, or chosen in walking order. */
export class LocationQuestion extends Question {
    static template = "stock_count.LocationQuestion";

    get locations() {
        return searchLocations(this.count.catalogue, this.view.term).slice(0, SHOWN);
    }

    left(location) {
        return this.count.progress.leftAt(location.id).length;
    }

    /** Enter in the field: a location's code or name, typed or scanned into it. */
    submit(ev) {
        const term = this.view.term.trim();
        const result = this.count.resolver.resolve(term);
        const found = result.kind === "location" ? [result.location] : this.locations;
        if (term && found.length === 1) {
            this.choose(found[0]);
        } else if (!found.length) {
            this.retype(ev, messages.locationOutside({ code: term }));
        }
    }

    choose(location) {
        this.do(() => giveLocation(this.app, location));
    }
}

/** The lot or serial of a tracked item: scanned, typed, or one that is known. */
export class LotQuestion extends Question {
    static template = "stock_count.LotQuestion";

    get product() {
        return this.count.catalogue.products.get(this.draft.product_id);
    }

    get title() {
        return this.product?.name || "";
    }

    /** Lots of lines here first, then the item's others. */
    get lots() {
        const { catalogue } = this.count;
        const lines = catalogue.linesAt(this.draft.product_id, this.draft.location_id);
        const here = new Set(lines.map((line) => line.lot_id));
        const known = catalogue.lotsOf(this.draft.product_id);
        const lots = [...known].sort((a, b) => here.has(b.id) - here.has(a.id));
        const term = this.view.text.trim().toLowerCase();
        return lots.filter((lot) => lot.name.toLowerCase().includes(term)).slice(0, SHOWN);
    }

    choose(lot) {
        this.do(() => giveLot(this.app, { lot }));
    }

    submit(ev) {
        const text = this.view.text.trim();
        this.do(() => {
            const { other, ...lot } = this.count.resolver.resolveLot(this.product, text);
            if (!text) {
                return this.app.say(messages.lotNeeded({ item: this.title }));
            }
            return other
                ? this.retype(ev, messages.wrongLot({ lot: text, item: this.title }))
                : giveLot(this.app, lot);
        });
    }
}

/** Lines of one item in one place differ by package and owner. */
export class WhichQuestion extends Question {
    static template = "stock_count.WhichQuestion";

    describe(line) {
        const { packages, owners } = this.count.catalogue;
        const names = [packages.get(line.package_id)?.name, owners.get(line.owner_id)?.name];
        return names.filter(Boolean).join(" · ");
    }

    choose({ id, package_id, owner_id }) {
        this.do(() => {
            Object.assign(this.count.draft.state, { line_id: id, package_id, owner_id });
            this.app.close();
            return this.count.proceed();
        });
    }
}

/** A code that several things have. */
export class SeveralQuestion extends Question {
    static template = "stock_count.SeveralQuestion";

    title(match) {
        return (match.product || match.location || match.package).name;
    }

    text({ kind, product, lot, lot_name, uom_id, location }) {
        const unit = this.count.catalogue.uoms.get(uom_id)?.name;
        const name = lot?.name || lot_name;
        return [kind === "item" ? product.code : location?.full, name, unit]
            .filter(Boolean)
            .join(" · ");
    }

    choose(match) {
        this.do(() => {
            this.app.close();
            return this.app.scanner.act(match, this.ask.code);
        });
    }
}

function startsWith(code, term) {
    return (code || "").toLowerCase().startsWith(term.toLowerCase());
}
