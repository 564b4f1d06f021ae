import { Component } from "@odoo/owl";
import { Icon } from "./icon";

const KEYS = ["7", "8", "9", "4", "5", "6", "1", "2", "3", ".", "0", "Backspace"];

/** The keypad, with keys large enough for gloves. */
export class Keypad extends Component {
    static template = "stock_count.Keypad";
    static components = { Icon };
    static props = { onPress: Function };

    keys = KEYS;
    point = (1.5).toLocaleString(document.documentElement.lang?.replace("_", "-") || undefined)[1];
}
