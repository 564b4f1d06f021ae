const LIMIT = 30;

/**
 * Searches items. Each word of the term must be in the item's ID or name; items that begin with the
 * first word come first.
 *
 * @param {import("./catalogue").Catalogue} catalogue
 * @param {string} term
 * @param {number} [limit]
 * @returns {Object[]} products
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

/**
 * Searches locations by path or barcode.
 *
 * @param {import("./catalogue").Catalogue} catalogue
 * @param {string} term
 * @returns {Object[]} locations in walking order
 */
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

/** Removes accents and capitals, which nobody types with gloves. */
function fold(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
