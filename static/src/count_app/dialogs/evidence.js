import { messages } from "../core/messages";
import { Question } from "./choose";

/** Enough to read a label on it, small enough to be sent from a warehouse's corner. */
const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

/** A photo and a note: of a line, or of a thing that nobody knows. */
export class EvidenceQuestion extends Question {
    static template = "stock_count.EvidenceQuestion";

    setup() {
        super.setup();
        Object.assign(this.view, { note: "", photo: "" });
    }

    async take(ev) {
        const [file] = ev.target.files;
        if (file) {
            await this.app.guard(async () => {
                this.view.photo = await shrink(file);
            });
        }
    }

    get source() {
        return `data:image/jpeg;base64,${this.view.photo}`;
    }

    save() {
        const { note, photo } = this.view;
        const { code, line_id, product_id, location_id, row } = this.ask;
        this.do(async () => {
            if (!note.trim() && !photo) {
                return this.app.say(messages.nothingToKeep());
            }
            const where = location_id || this.draft.location_id || row?.view.location_id;
            const target = line_id
                ? { line_id }
                : { ...(code && { code }), ...(product_id && { product_id }) };
            await this.count.recorder.evidence({
                ...target,
                ...(where && !line_id && { location_id: where }),
                ...(note.trim() && { note: note.trim() }),
                ...(photo && { photo }),
            });
            if (row) {
                await this.app.journal.drop(row);
            }
            this.app.close();
            this.app.say(messages.evidence());
        });
    }
}

/** A camera's picture as the base64 of a JPEG of bounded size. */
async function shrink(file) {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1];
}
