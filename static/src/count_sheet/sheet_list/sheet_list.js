import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { getStanding, isOverTolerance } from "../count_variance/count_variance";
import { parseQuantity } from "../parse_quantity";
import { withSheetHeader } from "../sheet_controller";
import { CountSheetModel } from "../sheet_model";
import { CountSheetSearchModel } from "../sheet_search_model";

const STEPS = { enter: 1, "shift+enter": -1, arrowdown: 1, arrowup: -1 };

/** The sheet as a list. */
export class CountSheetListController extends withSheetHeader(ListController) {
    static template = "stock_count.SheetListView";
}

/** A list whose Found column is filled line by line, without the mouse. */
export class CountSheetListRenderer extends ListRenderer {
    getRowClass(record) {
        const over = isOverTolerance(record) ? "o_count_row_over" : "";
        return `${super.getRowClass(record)} o_count_row_${getStanding(record)} ${over}`;
    }

    onCellKeydownEditMode(hotkey, cell, group, record) {
        if (cell.getAttribute("name") === "found_qty" && hotkey in STEPS && !record.isNew) {
            return this.stepToFound(record, STEPS[hotkey], cell);
        }
        return super.onCellKeydownEditMode(...arguments);
    }

    /** Moves to the Found cell of another line, while this one is being saved. */
    stepToFound(record, step, cell) {
        const { records } = this.props.list;
        const next = records[records.indexOf(record) + step];
        if (!isQuantity(cell) || !next) {
            this.leaveLastFound(step);
            return true;
        }
        this.editFound(next);
        this.returnWhenRefused(record, record.leaveFor(next));
        return true;
    }

    /** Saves the last line of the page, and turns the page if there is another one. */
    async leaveLastFound(step) {
        const { list } = this.props;
        if (!(await list.leaveEditMode()) || list.isGrouped) {
            return;
        }
        const offset = list.offset + step * list.limit;
        if (offset >= 0 && offset < list.count) {
            await list.load({ offset });
            const next = list.records.at(step > 0 ? 0 : -1);
            this.editFound(next);
            await list.enterEditMode(next);
        }
    }

    async returnWhenRefused(record, saving) {
        if ((await saving) === false) {
            this.editFound(record);
            await this.props.list.enterEditMode(record);
        }
    }

    editFound(record) {
        const column = this.columns.find((column) => column.name === "found_qty");
        this.cellToFocus = { column, record };
    }
}

function isQuantity(cell) {
    try {
        parseQuantity(cell.querySelector("input")?.value ?? "");
        return true;
    } catch {
        return false;
    }
}

export const countSheetListView = {
    ...listView,
    Controller: CountSheetListController,
    Renderer: CountSheetListRenderer,
    Model: CountSheetModel,
    SearchModel: CountSheetSearchModel,
};

registry.category("views").add("stock_count_sheet", countSheetListView);
