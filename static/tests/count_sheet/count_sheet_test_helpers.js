import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const LIST = `
    <list js_class="stock_count_sheet" editable="bottom" create="0">
        <field name="location_id" readonly="1"/>
        <field name="name" readonly="1"/>
        <field name="is_counted" column_invisible="1"/>
        <field name="currency_id" column_invisible="1"/>
        <field name="expected_qty" readonly="1"/>
        <field name="found_qty" widget="count_found"/>
        <field name="variance_qty" widget="count_variance" readonly="1"/>
        <field name="variance_value" widget="count_variance" readonly="1"/>
        <field name="state" readonly="1"/>
        <field name="post_error" widget="count_remark" readonly="1"/>
        <field name="to_post"/>
    </list>`;

const CARDS = `
    <kanban js_class="stock_count_sheet_kanban" can_open="0">
        <field name="is_counted"/>
        <templates>
            <t t-name="card">
                <field name="name"/>
                <field name="found_qty" widget="count_found" options="{'inline': True}"/>
                <field name="variance_qty" widget="count_variance"/>
            </t>
        </templates>
    </kanban>`;

const SEARCH = `
    <search>
        <field name="name"/>
        <field name="location_id" operator="child_of" invisible="1"/>
        <field name="categ_id" operator="child_of"/>
        <field name="seller_id" operator="child_of"/>
        <filter name="view_all" string="All Items" domain="[]"/>
        <filter name="view_overages" string="Counted Overages" domain="[('variance_qty', '&gt;', 0)]"/>
        <filter name="view_shortages" string="Counted Shortages" domain="[('variance_qty', '&lt;', 0)]"/>
    </search>`;

class StockLocation extends models.Model {
    _name = "stock.location";

    name = fields.Char();
    warehouse_id = fields.Integer();

    _records = [
        { id: 1, name: "Bin A", warehouse_id: 1 },
        { id: 2, name: "Bin B", warehouse_id: 1 },
    ];
}

class ProductCategory extends models.Model {
    _name = "product.category";

    name = fields.Char();

    _records = [{ id: 1, name: "Fasteners" }];
}

export class CountLine extends models.Model {
    _name = "stock.count.line";

    name = fields.Char();
    session_id = fields.Integer();
    location_id = fields.Many2one({ relation: "stock.location" });
    categ_id = fields.Many2one({ relation: "product.category" });
    seller_id = fields.Many2one({ relation: "res.partner" });
    currency_id = fields.Many2one({ relation: "res.currency", default: 1 });
    is_counted = fields.Boolean();
    expected_qty = fields.Float({ digits: [16, 2] });
    corrected_qty = fields.Float({ digits: [16, 2] });
    found_qty = fields.Float({ digits: [16, 2] });
    variance_qty = fields.Float({ digits: [16, 2] });
    unit_cost = fields.Float({ digits: [16, 2] });
    variance_value = fields.Monetary({ currency_field: "currency_id" });
    state = fields.Selection({
        selection: [
            ["to_count", "To Count"],
            ["counted", "Counted"],
            ["held", "Held"],
        ],
        default: "to_count",
    });
    hold_text = fields.Char();
    hold_is_exact = fields.Boolean();
    document_text = fields.Char();
    tolerance_ratio = fields.Float();
    cause = fields.Char();
    cause_action = fields.Char();
    other_causes = fields.Char();
    match_text = fields.Char();
    match_state = fields.Char();
    promise_text = fields.Char();
    on_hold = fields.Char();
    post_error = fields.Char();
    to_post = fields.Boolean();

    _records = [
        line(1, "Screw", { expected_qty: 10, unit_cost: 2 }),
        line(2, "Nut", { expected_qty: 5, location_id: 2 }),
        line(3, "Bolt", {
            expected_qty: 4,
            is_counted: true,
            found_qty: 3,
            variance_qty: -1,
            state: "counted",
        }),
        line(4, "Rod", { session_id: 2, expected_qty: 1 }),
    ];
}

function line(id, name, values) {
    return { id, name, session_id: 1, location_id: 1, currency_id: 1, ...values };
}

export function defineCountModels() {
    defineMailModels();
    defineModels([StockLocation, ProductCategory, CountLine]);
}

/** What the server says about the session, with what a test wants to be different. */
export function makeHeader({ counts, ...values } = {}) {
    return {
        id: 1,
        name: "CC-00001",
        description: "Quarter end",
        state: "open",
        state_label: "Open",
        owner: "Olga",
        warehouse: "Main",
        warehouse_id: 1,
        currency_id: 1,
        next_step: "Lines left to count: 2.",
        alternate_colors: false,
        require_approval: false,
        may_post: true,
        may_approve: false,
        may_undo: false,
        autosave: false,
        last: false,
        counts: {
            all: 3,
            counted: 1,
            overages: 0,
            shortages: 1,
            to_post: 1,
            to_move: 1,
            to_post_value: -8,
            held: 0,
            over_tolerance: 0,
            ...counts,
        },
        ...values,
    };
}

/** An open document that could explain what is missing of the bolt. */
export function makeDocument(values = {}, line = {}) {
    return {
        key: "stock.picking,12",
        name: "WH/OUT/00012",
        partner: "Azure",
        date: "2026-03-02 10:00:00",
        kind: "out",
        changed: false,
        may_correct: true,
        lines: [
            {
                line_id: 3,
                product: "Bolt",
                place: "Bin A",
                lot: "",
                uom: "Units",
                found: 3,
                variance: -4,
                qty: -3,
                expected: 0,
                elsewhere: "",
                happened: -1,
                not_yet: -4,
                ...line,
            },
        ],
        ...values,
    };
}

export async function mountSheet({
    header = makeHeader(),
    documents = { open: [], answered: [] },
    context,
    type = "list",
    limit = 80,
    onHeader,
} = {}) {
    onRpc("stock.count.session", "get_sheet_header", () => {
        onHeader?.();
        return header;
    });
    if (documents) {
        onRpc("stock.count.session", "get_documents", () => documents);
    }
    return mountView({
        type,
        resModel: "stock.count.line",
        arch: (type === "list" ? LIST : CARDS).replace("js_class", `limit="${limit}" js_class`),
        searchViewArch: SEARCH,
        context: context || { count_session_id: 1 },
    });
}

/** Clicks into the Found of a line, by the line's position. */
export async function editFound(position) {
    await contains(`.o_data_row:eq(${position}) .o_count_found_cell`).click();
}

export function getColumn(name) {
    return queryAllTexts(`.o_data_row td[name='${name}']`);
}
