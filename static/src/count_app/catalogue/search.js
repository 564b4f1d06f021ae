const LIMIT = 30;

/**
 * Items by words: every word has to stand in the item's ID or name, those that begin with the
 * term come first.
 *
 * @param {import("./catalogue").Catalogue} catalogue
 */
export function searchItems(catalogue, term, limit = LIMIT) {
    const words = fold(term).split(/\s+/).filter(Boolean);
    if (!words.length) {
        return [];
    }
    const first = [];
    const others = [];
    for (const product of catalogue.products.values()) {
        const text = textOf(product);
        if (words.every((word) => text.includes(word))) {
            (text.startsWith(words[0]) ? first : others).push(product);
            if (first.length >= limit) {
                break;
            }
        }
    }
    return [...first, ...others].slice(0, limit);
}

/** Locations in walking order whose name or path has the term. */
export function searchLocations(catalogue, term) {
    const word = fold(term).trim();
    return [...catalogue.locations.values()].filter((location) =>
        fold(`${location.full} ${location.barcode || ""}`).includes(word)
    );
}

const texts = new WeakMap();

function textOf(product) {
    if (!texts.has(product)) {
        texts.set(product, fold(`${product.code || ""} ${product.name}`));
    }
    return texts.get(product);
}

/** Without accents and capitals: nobody types them with gloves. */
function fold(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
