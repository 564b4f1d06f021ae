import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "./icon";

const KEYS = "789⌫456×123+0.".split("").map((key) => (key === "⌫" ? "Backspace" : key));

/** The keypad, with keys large enough for gloves. */
export class Keypad extends Component {
    static template = "stock_count.Keypad";
    static components = { Icon };
    static props = { onPress: Function };

    keys = KEYS;

    label(key) {
        return { Backspace: _t("Delete"), "×": _t("Times"), "+": _t("Plus") }[key] || key;
    }

    point = (1.5).toLocaleString(document.documentElement.lang?.replace("_", "-") || undefined)[1];
}
