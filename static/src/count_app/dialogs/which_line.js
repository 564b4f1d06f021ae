import { joinFacts } from "../counting/describe_line";
import { Question } from "./question";

/** Asks which line is meant: those of one item in one location differ by package and owner. */
export class WhichLineQuestion extends Question {
    static template = "stock_count.WhichLineQuestion";

    describe(line) {
        const { packages, owners } = this.count.catalogue;
        return joinFacts(packages.get(line.package_id)?.name, owners.get(line.owner_id)?.name);
    }

    choose({ id, package_id, owner_id }) {
        this.do(() => {
            Object.assign(this.count.draft.state, { line_id: id, package_id, owner_id });
            this.app.close();
            return this.count.steps.proceed();
        });
    }
}
