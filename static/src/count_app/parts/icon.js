import { Component, xml } from "@odoo/owl";

/** SVG paths, because an icon font would have to be loaded before the first screen is readable. */
const PATHS = {
    back: "M15 5l-7 7 7 7",
    barcode: "M4 6v12M7 6v12M10 6v12M13 6v9M16 6v12M20 6v12",
    box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
    camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.5 3.5 0 1 0 .01 0",
    check: "M5 13l5 5L20 7",
    close: "M6 6l12 12M18 6L6 18",
    cloud: "M7 18h10a4 4 0 0 0 .6-7.9A6 6 0 0 0 6 9.5 4.3 4.3 0 0 0 7 18z",
    edit: "M5 19l1-4L16 5l3 3L9 18z",
    erase: "M9 6h11v12H9l-6-6zM12 9l5 6M17 9l-5 6",
    list: "M4 7h16M4 12h16M4 17h16",
    minus: "M5 12h14",
    more: "M6 12h.01M12 12h.01M18 12h.01",
    next: "M9 5l7 7-7 7",
    note: "M6 4h9l4 4v12H6zM9 11h7M9 15h7",
    offline:
        "M4 4l16 16M8.5 8.5A6 6 0 0 0 6 10a4 4 0 0 0 1 8h10M12 6.5A6 6 0 0 1 17.6 10a4 4 0 0 1 2 6.6",
    pin: "M12 21s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12zM12 7a2 2 0 1 0 .01 0",
    plus: "M12 5v14M5 12h14",
    search: "M10.5 4a6.5 6.5 0 1 0 .01 0M15.5 15.5L20 20",
    skip: "M5 5l8 7-8 7zM18 5v14",
    torch: "M8 3h8v4l-2 4v10h-4V11L8 7zM8 7h8M12 14v2",
    trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
    undo: "M9 7L4 12l5 5M4 12h10a5 5 0 0 1 0 10h-3",
    warning: "M12 4L2.5 20h19zM12 10v4.5M12 17.3h.01",
    zero: "M12 4a5 8 0 1 0 .01 0M7.5 19l9-14",
};

/** An icon, by its name. */
export class Icon extends Component {
    static template = xml`<svg class="o_count_icon" viewBox="0 0 24 24" aria-hidden="true"><path t-att-d="path"/></svg>`;
    static props = { name: { validate: (name) => name in PATHS } };

    get path() {
        return PATHS[this.props.name];
    }
}
