// Reads codes with the counting app's modules: a JSON list of codes in, a JSON list of readings out.
import { register } from "node:module";
import { argv, stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

// Odoo's modules name each other without ".js".
const hook = `export const resolve = (name, context, next) =>
    next(name.startsWith("./") && !name.endsWith(".js") ? name + ".js" : name, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const from = pathToFileURL(`${argv[2]}/`);
const { readCode } = await import(new URL("read_code.js", from));
const { bareSpellings } = await import(new URL("spellings.js", from));
const { allIdentifiers } = await import(new URL("identifiers.js", from));
const { codes, year, separator, uses } = JSON.parse(await text(stdin));
const options = { year, separator: separator && new RegExp(separator, "g"), uses };
const started = performance.now();
const readings = codes.map((code) => readCode(code, options));
const took = performance.now() - started;
const spelled = codes.map((code) => bareSpellings(code));
stdout.write(JSON.stringify({ readings, spelled, took, identifiers: allIdentifiers() }));
