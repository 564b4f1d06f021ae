import { useAutosave } from "./autosave/autosave_hook";
import { DocumentPanel } from "./document_panel/document_panel";
import { useDocuments } from "./document_panel/documents_hook";
import { SheetHeader } from "./sheet_header/sheet_header";
import { useCountSheet } from "./sheet_hook";

/**
 * Adds the header of the count sheet to a controller.
 *
 * @param {typeof import("@odoo/owl").Component} Controller of a list or a kanban view
 */
export const withSheetHeader = (Controller) =>
    class extends Controller {
        static components = { ...Controller.components, DocumentPanel, SheetHeader };

        setup() {
            super.setup();
            this.sheet = useCountSheet();
            this.autosave = useAutosave(this.model, this.sheet);
            this.documents = useDocuments(this.model, this.sheet, () => saveEdition(this.model));
        }

        get className() {
            const palette = this.sheet.header?.alternate_colors ? "o_count_alternate" : "";
            return `${super.className} o_count_sheet ${palette}`;
        }

        get sheetHeaderProps() {
            return {
                header: this.sheet.header,
                unsent: this.autosave.unsent,
                save: () => saveEdition(this.model),
                reload: () => reloadSheet(this.model, this.sheet),
            };
        }

        get documentPanelProps() {
            return { documents: this.documents, isCountable: isCountable(this.sheet.header) };
        }

        async onRecordSaved() {
            await super.onRecordSaved(...arguments);
            this.sheet.loadSoon();
        }

        async afterExecuteActionButton() {
            await super.afterExecuteActionButton?.(...arguments);
            this.sheet.loadSoon();
        }
    };

const isCountable = ({ state }) => ["open", "partial"].includes(state);

/** Saves the row in edition. Returns false if that is not possible. */
async function saveEdition(model) {
    return (await model.root.leaveEditMode?.()) !== false;
}

async function reloadSheet(model, sheet) {
    await Promise.all([model.load(), sheet.load()]);
    return sheet.header;
}
