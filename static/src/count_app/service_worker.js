// Answers for the counting app while there is no network, and at once where there is one.
//
// The page and the files it names are kept together: a page is only replaced when all the files of
// the new one are here, so that what is kept always fits.

const CACHE = "stock_count.app";
const PAGE = "/stock_count/app";
const FILES = /(?:src|href)="(\/(?:web\/assets|stock_count|web\/static)\/[^"]+)"/g;
/** Files that change under one name are asked for anew, and kept for when nobody answers. */
const LIVE = /^\/web\/webclient\/translations|^\/stock_count\/app\/manifest/;
const KEPT = /^\/web\/assets\/|^\/stock_count\/static\/|^\/web\/static\//;

self.addEventListener("install", (ev) => {
    ev.waitUntil(refreshPage().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (ev) => {
    ev.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (ev) => {
    const { request } = ev;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== self.location.origin) {
        return;
    }
    if (request.mode === "navigate") {
        ev.respondWith(answerPage(ev));
    } else if (LIVE.test(pathname)) {
        ev.respondWith(askThenKeep(request));
    } else if (KEPT.test(pathname)) {
        ev.respondWith(keepThenAsk(request));
    }
});

/** The kept page at once; the server's is fetched for the next time. */
async function answerPage(ev) {
    const kept = await (await caches.open(CACHE)).match(PAGE);
    if (!kept) {
        return fetch(ev.request);
    }
    ev.waitUntil(refreshPage().catch(() => {}));
    return kept;
}

async function refreshPage() {
    const response = await fetch(PAGE, { credentials: "same-origin", cache: "no-store" });
    // Who is not logged in gets another page: the kept one stays.
    if (!response.ok || response.redirected) {
        return;
    }
    const cache = await caches.open(CACHE);
    const files = [...(await response.clone().text()).matchAll(FILES)].map(([, url]) =>
        decode(url)
    );
    const missing = [];
    for (const url of files) {
        if (!(await cache.match(url))) {
            missing.push(url);
        }
    }
    await cache.addAll(missing);
    await cache.put(PAGE, response);
    await forgetOldBundles(cache, files);
}

function decode(url) {
    return url.replaceAll("&amp;", "&");
}

async function forgetOldBundles(cache, files) {
    for (const { url } of await cache.keys()) {
        const { pathname, search } = new URL(url);
        if (pathname.startsWith("/web/assets/") && !files.includes(pathname + search)) {
            await cache.delete(url);
        }
    }
}

async function keepThenAsk(request) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(request);
    return kept || keep(cache, request, await fetch(request));
}

async function askThenKeep(request) {
    const cache = await caches.open(CACHE);
    try {
        return await keep(cache, request, await fetch(request));
    } catch (error) {
        const kept = await cache.match(request);
        if (!kept) {
            throw error;
        }
        return kept;
    }
}

async function keep(cache, request, response) {
    if (response.ok && !response.redirected) {
        await cache.put(request, response.clone());
    }
    return response;
}
