// A phone with the counting app: Chromium at a quarter of this machine's speed, on slow 4G.
//
// Reads what to do as JSON from standard input, writes what it measured as JSON to standard output.
/* global document, KeyboardEvent, MutationObserver, requestAnimationFrame */
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { createGzip } from "node:zlib";

const { chromium } = createRequire(`${process.env.NODE_TOOLS}/`)("playwright-core");
const SLOW_4G = {
    offline: false,
    latency: 150,
    downloadThroughput: (1.6 * 1024 * 1024) / 8,
    uploadThroughput: (750 * 1024) / 8,
};
const SLOW_DOWN = 4;
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

async function read(stream) {
    const chunks = [];
    for await (const chunk of stream) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
}

/** What stands before Odoo everywhere: it compresses. Counts what the app's files weigh. */
async function compress(target, sizes) {
    const { hostname, port } = new URL(target);
    const proxy = createServer((ask, answer) => {
        const { method, headers, url } = ask;
        const onward = request({ hostname, port, method, path: url, headers }, (back) => {
            const isPacked =
                method === "GET" && /text|javascript|json/.test(back.headers["content-type"]);
            const kept = { ...back.headers };
            delete kept["content-length"];
            answer.writeHead(
                back.statusCode,
                isPacked ? { ...kept, "content-encoding": "gzip" } : back.headers
            );
            const body = isPacked ? back.pipe(createGzip()) : back;
            body.on("data", (chunk) => (sizes[url] = (sizes[url] || 0) + chunk.length));
            body.pipe(answer);
        });
        ask.pipe(onward);
    });
    await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
    return { proxy, url: `http://127.0.0.1:${proxy.address().port}` };
}

async function slowDown(page) {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", SLOW_4G);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOW_DOWN });
}

/** Milliseconds until a page shows a screen. */
async function load(context, screen) {
    const page = await context.newPage();
    await slowDown(page);
    const start = performance.now();
    await page.goto("/stock_count/app", { waitUntil: "commit" });
    await page.waitForSelector(`.o_count_app[data-screen=${screen}]`, { timeout: 120_000 });
    return [page, performance.now() - start];
}

/** Milliseconds from a scanner's last key until its answer has been painted, scan by scan. */
function scanAll(page, codes) {
    return page.evaluate(async (codes) => {
        const press = (key) =>
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        const painted = () =>
            new Promise((done) =>
                requestAnimationFrame(() => {
                    const { port1, port2 } = new MessageChannel();
                    port1.onmessage = done;
                    port2.postMessage(0);
                })
            );
        const answered = () =>
            new Promise((done) => {
                const observer = new MutationObserver((changes) => {
                    const added = changes.flatMap((change) => [...change.addedNodes]);
                    if (added.some((node) => node.classList?.contains("o_count_banner"))) {
                        observer.disconnect();
                        done();
                    }
                });
                observer.observe(document.body, { childList: true, subtree: true });
            });
        const times = [];
        for (const code of codes) {
            [...code].forEach(press);
            const shown = answered();
            const start = performance.now();
            press("Enter");
            await shown;
            await painted();
            times.push(performance.now() - start);
            // A person needs a moment for the next one.
            await new Promise((done) => setTimeout(done, 60));
        }
        return times;
    }, codes);
}

/** Milliseconds that the page's thread really works for one scan, at full speed. */
async function work(page, codes) {
    const devtools = await page.context().newCDPSession(page);
    // Chromium slows down by working in vain, which would count.
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    const seconds = async () => {
        const { metrics } = await devtools.send("Performance.getMetrics");
        return metrics.find(({ name }) => name === "TaskDuration").value;
    };
    const before = await seconds();
    await scanAll(page, codes);
    return (((await seconds()) - before) * 1000) / codes.length;
}

async function signIn(context, { login }) {
    const page = await context.newPage();
    await page.goto("/web/login?redirect=/web/login_successful");
    await page.fill("input[name=login]", login);
    await page.fill("input[name=password]", login);
    await page.click(".oe_login_form button[type=submit]");
    await page.waitForURL((url) => url.pathname !== "/web/login", { timeout: 120_000 });
    await page.close();
}

async function measure(task) {
    const sizes = {};
    const { proxy, url } = await compress(task.url, sizes);
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGS });
    try {
        const context = await browser.newContext({
            baseURL: url,
            viewport: { width: 360, height: 640 },
            isMobile: true,
            hasTouch: true,
        });
        await signIn(context, task);
        const [first, firstLoad] = await load(context, "start");
        await first.evaluate(() => navigator.serviceWorker.ready);
        const asked = performance.now();
        await first.click(`.o_count_session[data-id="${task.session_id}"]`);
        await first.waitForSelector(".o_count_app[data-screen=count]", { timeout: 120_000 });
        const catalogue = performance.now() - asked;
        await first.close();
        const [page, laterLoad] = await load(context, "count");
        await page.evaluate(() => document.querySelector("[data-mode=each]").click());
        await scanAll(page, [task.location]);
        const online = await scanAll(page, task.codes);
        await context.setOffline(true);
        const offline = await scanAll(page, task.codes);
        const cpu = await work(page, task.codes.slice(0, 50));
        const bundle = Object.entries(sizes).find(([path]) => /assets_count_app.*js/.test(path));
        return { firstLoad, catalogue, laterLoad, online, offline, cpu, bundle: bundle[1] };
    } finally {
        await browser.close();
        proxy.close();
    }
}

const task = JSON.parse(await read(process.stdin));
process.stdout.write(JSON.stringify(await measure(task)));
