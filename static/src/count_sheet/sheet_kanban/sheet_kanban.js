import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { withSheetHeader } from "../sheet_controller";
import { CountSheetModel } from "../sheet_model";
import { CountSheetSearchModel } from "../sheet_search_model";

/** The sheet as cards, for narrow screens. */
export class CountSheetKanbanController extends withSheetHeader(KanbanController) {
    static template = "stock_count.SheetKanbanView";
}

export const countSheetKanbanView = {
    ...kanbanView,
    Controller: CountSheetKanbanController,
    Model: CountSheetModel,
    SearchModel: CountSheetSearchModel,
};

registry.category("views").add("stock_count_sheet_kanban", countSheetKanbanView);
