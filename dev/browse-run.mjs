// Runs a script, wherever it lies, that imports dev/browse.mjs as "browse".
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { close } from "./browse.mjs";

registerHooks({
    resolve(name, context, next) {
        return next(
            name === "browse" ? new URL("browse.mjs", import.meta.url).href : name,
            context
        );
    },
});

try {
    await import(pathToFileURL(process.argv[2]));
} finally {
    await close();
}
