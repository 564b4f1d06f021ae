import { messages } from "../core/messages";
import { Question } from "./question";

/** The longest side of a photo in pixels: enough to read a label, small enough for a weak signal. */
const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

/** Takes a photo and a note of a line, of an item or of an unknown code. */
export class PhotosQuestion extends Question {
    static template = "stock_count.PhotosQuestion";

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
        const { photo } = this.view;
        const note = this.view.note.trim();
        const { row } = this.ask;
        this.do(async () => {
            if (!note && !photo) {
                return this.app.say(messages.nothingToKeep());
            }
            await this.count.recorder.evidence({
                ...this.target,
                ...(note && { note }),
                ...(photo && { photo }),
            });
            if (row) {
                await this.app.journal.drop(row);
            }
            this.app.close();
            this.app.say(messages.noteKept());
        });
    }

    /** What the photo is of: a line, or a code or an item in a location. */
    get target() {
        const { code, line_id, product_id, location_id, row } = this.ask;
        if (line_id) {
            return { line_id };
        }
        const where = location_id || this.draft.location_id || row?.view.location_id;
        return {
            ...(code && { code }),
            ...(product_id && { product_id }),
            ...(where && { location_id: where }),
        };
    }
}

/** Scales a picture down and encodes it as a JPEG in base64. */
async function shrink(file) {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1];
}
