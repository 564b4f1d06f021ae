// The packages live in the cache (see dev/lib.sh), not beside this file.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.NODE_TOOLS}/`);
const js = require("@eslint/js");
const globals = require("globals");

const rules = {
    curly: "error",
    eqeqeq: ["error", "always", { null: "ignore" }],
    "no-var": "error",
    "object-shorthand": "error",
    "prefer-const": "error",
    // Tests can only replace what is reached through Odoo's `browser`.
    "no-restricted-globals": [
        "error",
        { name: "localStorage", message: "Use browser.localStorage." },
        { name: "sessionStorage", message: "Use browser.sessionStorage." },
        { name: "alert", message: "Use the dialog service." },
        { name: "confirm", message: "Use the dialog service." },
        { name: "event", message: "Take the event as an argument." },
    ],
    // They are a function and an object since Odoo 18, and fail only when the component mounts.
    "no-restricted-syntax": [
        "error",
        {
            selector: "CallExpression[callee.name='useService'][arguments.0.value=/^(rpc|user)$/]",
            message: "Import it: @web/core/network/rpc, @web/core/user.",
        },
    ],
};

export default [
    js.configs.recommended,
    { linterOptions: { reportUnusedDisableDirectives: "error" }, rules },
    {
        files: ["static/**/*.js"],
        languageOptions: {
            sourceType: "module",
            globals: { ...globals.browser, luxon: "readonly", odoo: "readonly" },
        },
    },
    {
        files: ["static/src/**/*.js"],
        rules: {
            "max-lines": ["error", { max: 150, skipBlankLines: true, skipComments: true }],
            "max-lines-per-function": ["error", { max: 40 }],
        },
    },
    {
        files: ["static/**/*service_worker*.js"],
        languageOptions: { globals: globals.serviceworker },
    },
    { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
];
