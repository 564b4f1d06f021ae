import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";
import { parseQuantity } from "../parse_quantity";

/**
 * The found quantity. An empty cell means not counted; 0 means counted and none found.
 *
 * The record is updated with each key, so the variance beside the field follows without a call.
 */
export class CountFoundField extends FloatField {
    static template = "stock_count.CountFoundField";
    static props = {
        ...FloatField.props,
        // On a card: the field is always open, and saves by itself.
        inline: { type: Boolean, optional: true },
        locked: { type: Boolean, optional: true },
    };

    get readonly() {
        return this.props.inline ? this.props.locked : this.props.readonly;
    }

    get formattedValue() {
        return this.props.record.data.is_counted ? super.formattedValue : "";
    }

    get isRefused() {
        return Boolean(this.props.record.refusal);
    }

    parse(text) {
        return parseQuantity(text) || 0;
    }

    async onInput(ev) {
        const changes = this.readChanges(ev.target.value);
        this.props.record.keepTyped?.(changes);
        if (changes) {
            await this.props.record.update(changes);
        }
    }

    async onChange(ev) {
        if (this.props.inline) {
            await this.onInput(ev);
            await this.props.record.save();
        }
    }

    onKeydown(ev) {
        if (this.props.inline && ev.key === "Enter") {
            ev.target.blur();
        }
    }

    /** @returns {Object | null} the record's changes, null while the text is no quantity */
    readChanges(text) {
        try {
            const found = parseQuantity(text);
            return { [this.props.name]: found || 0, is_counted: found !== false };
        } catch {
            return null;
        }
    }
}

export const countFoundField = {
    ...floatField,
    component: CountFoundField,
    fieldDependencies: [{ name: "is_counted", type: "boolean" }],
    isEmpty: (record) => !record.data.is_counted,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...floatField.extractProps(fieldInfo, dynamicInfo),
        trailingZeros: false,
        inline: Boolean(fieldInfo.options.inline),
        locked: dynamicInfo.readonly,
    }),
};

registry.category("fields").add("count_found", countFoundField);
