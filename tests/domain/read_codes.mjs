// Reads codes with the counting app's modules: a JSON list of codes in, a JSON list of readings out.
import { register } from "node:module";
import { argv, stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

// Odoo's modules name each other without ".js".
const hook = `export const resolve = (name, context, next) =>
    name.startsWith("@barcodes/")
        ? { url: "data:text/javascript,export class BarcodeParser {}", shortCircuit: true }
        : next(name.startsWith("./") && !name.endsWith(".js") ? name + ".js" : name, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const from = pathToFileURL(`${argv[2]}/`);
const { readCode } = await import(new URL("codes/read_code.js", from));
const { bareSpellings } = await import(new URL("codes/spellings.js", from));
const { allIdentifiers } = await import(new URL("codes/identifiers.js", from));
const { Catalogue } = await import(new URL("catalogue.js", from));
const { Resolver } = await import(new URL("resolver.js", from));
const { codes, year, separator, uses, catalogue } = JSON.parse(await text(stdin));
const options = { year, separator: separator && new RegExp(separator, "g"), uses };
const started = performance.now();
const readings = codes.map((code) => readCode(code, options));
const took = performance.now() - started;
const spelled = codes.map((code) => bareSpellings(code));

/** Each meaning of a code, with ids instead of records. */
function tell({ kind, matches, problem, ...meaning }) {
    const told = { kind, problem: problem?.code };
    if (matches) {
        return { kind, matches: matches.map(tell) };
    }
    for (const [name, value] of Object.entries(meaning)) {
        if (["product", "lot", "location", "package"].includes(name)) {
            told[`${name}_id`] = value.id;
        } else if (value && !["code", "isExplicit", "tag"].includes(name)) {
            told[name] = value;
        }
    }
    return told;
}

const resolver = catalogue && new Resolver(new Catalogue(catalogue));
const meanings = resolver && codes.map((code) => tell(resolver.resolve(code)));
const identifiers = allIdentifiers();
stdout.write(JSON.stringify({ readings, spelled, took, identifiers, meanings }));
