// Serves the counting app from a cache, so that it opens at once and without a network.
//
// The page is kept together with the files that it names. A new page replaces the old one only when
// all its files are here, so that the page and its files always fit.

const CACHE = "stock_count.app";
const PAGE = "/stock_count/app";
const FILES = /(?:src|href)="(\/(?:web\/assets|stock_count|web\/static)\/[^"]+)"/g;
/** Files that change under one name: asked for each time, and kept for times without a network. */
const LIVE = /^\/web\/webclient\/translations|^\/stock_count\/app\/manifest/;
/** Files whose name changes with their content. */
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

/** Answers with the kept page, and fetches the server's page for the next time. */
async function answerPage(ev) {
    const kept = await (await caches.open(CACHE)).match(PAGE);
    ev.waitUntil(refreshPage().catch(() => {}));
    return kept || fetch(ev.request);
}

async function refreshPage() {
    const response = await fetch(PAGE, { credentials: "same-origin", cache: "no-store" });
    // Without a login this is Odoo's login page, which must not replace the app.
    if (!response.ok || response.redirected) {
        return;
    }
    const cache = await caches.open(CACHE);
    const before = await cache.match(PAGE);
    const files = listFiles(await response.clone().text());
    await keepMissing(cache, files);
    await cache.put(PAGE, response);
    await forgetOldBundles(cache, files);
    if (before && listFiles(await before.text()).join() !== files.join()) {
        await tellPages();
    }
}

/** Pages that are open have the version before, and offer to load the new one. */
async function tellPages() {
    const pages = await self.clients.matchAll({ includeUncontrolled: true });
    pages.forEach((page) => page.postMessage("new_version"));
}

/** The files that a page names. */
function listFiles(html) {
    return [...html.matchAll(FILES)].map(([, url]) => url.replaceAll("&amp;", "&"));
}

async function keepMissing(cache, files) {
    const missing = [];
    for (const url of files) {
        if (!(await cache.match(url))) {
            missing.push(url);
        }
    }
    await cache.addAll(missing);
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
