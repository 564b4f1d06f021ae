import { _t } from "@web/core/l10n/translation";

/**
 * All messages that answer a scan or a tap.
 *
 * The severity decides color and sound:
 * - "hit": counted, go on;
 * - "miss": not counted, look at the screen;
 * - "wait": the scan waits for the user's decision;
 * - "info": nothing to do.
 *
 * @typedef {{ severity: "hit"|"miss"|"wait"|"info", title: string, text: string }} Message
 */
const say = (severity, title, text = "") => ({ severity, title, text });

/** @type {Object<string, (values?: Object) => Message>} */
export const messages = {
    added: ({ item, qty, location, total }) =>
        say(
            "hit",
            _t("+%(qty)s %(item)s", { qty, item }),
            _t("%(total)s here in %(location)s", { total, location })
        ),
    chosen: ({ item }) => say("hit", item, _t("Enter how many there are.")),
    atLocation: ({ location }) => say("hit", location, _t("You count here now.")),
    notFound: ({ item, location }) =>
        say("hit", _t("0 × %s", item), _t("Not found in %s: recorded.", location)),
    skipped: ({ item }) => say("info", _t("Skipped: %s", item), _t("It is on the skip list.")),
    packageCounted: ({ name, count }) => say("hit", name, _t("Lines counted: %s.", count)),
    serialsCounted: ({ item, count }) => say("hit", item, _t("Serial numbers counted: %s.", count)),
    nothingToKeep: () => say("miss", _t("Nothing to keep"), _t("Write a note or take a photo.")),
    binFinished: ({ location }) => say("hit", _t("%s is finished", location)),
    removed: ({ item }) => say("info", _t("Removed: %s", item)),
    changed: ({ item, qty }) => say("hit", _t("Changed: %s", item), _t("It is %s now.", qty)),
    noteKept: () => say("hit", _t("Note kept"), _t("It is sent with the counts.")),
    reset: ({ count }) => say("info", _t("Counts taken back: %s.", count)),

    putAway: ({ item }) => say("info", _t("%s put away", item), _t("It is not counted.")),
    asideFirst: ({ item }) =>
        say("wait", _t("Not counted yet: %s", item), _t("Count what you scanned, or put it away.")),
    unknown: ({ code }) => say("miss", _t("Unknown code"), code),
    badCode: ({ code, value }) => say("miss", _t("This code was not counted"), whyBad(code, value)),
    quantityAsked: ({ item, asked }) =>
        say("wait", item, _t("The code says %s, which does not fit. Enter how many.", asked)),
    foreignTag: ({ code }) =>
        say("miss", _t("Foreign tag"), _t("%s is of no item here. Review lists it.", code)),
    several: ({ code }) => say("miss", _t("Several things have this code"), code),
    noLocation: () => say("miss", _t("Where are you?"), _t("Scan or choose the location first.")),
    lotNeeded: ({ item }) => say("wait", item, _t("Scan or type its lot.")),
    serialNeeded: ({ item }) => say("wait", item, _t("Scan or type its serial number.")),
    wrongLot: ({ lot, item }) =>
        say(
            "miss",
            _t("%s is of another item", lot),
            _t("It does not belong to %s: nothing was counted.", item)
        ),
    serialTwice: ({ serial, location }) =>
        say(
            "miss",
            _t("%s was counted before", serial),
            _t("Serial numbers count once. You counted it in %s.", location)
        ),
    zeroOff: () =>
        say(
            "miss",
            _t("A count of zero is switched off"),
            _t("Skip the item and tell your lead (Option 325).")
        ),
    addAgain: ({ item }) =>
        say("wait", _t("%s once more?", item), _t("Tap Add, scan it or type a quantity.")),
    noQuantity: () => say("miss", _t("How many?"), _t("Enter a quantity first.")),
    tooMany: () => say("miss", _t("This quantity is too large"), _t("Check the number.")),
    serialQuantity: () => say("miss", _t("A serial number counts once"), _t("Enter 1.")),
    locationLocked: ({ location }) =>
        say(
            "miss",
            _t("The location is locked"),
            _t("This count is of %s only (Option 345).", location)
        ),
    locationOutside: ({ code }) =>
        say("miss", _t("%s is not in this count", code), _t("Scan a location of this count.")),
    scanWaits: ({ count, isAsked }) =>
        say(
            "wait",
            isAsked ? _t("Answer first") : _t("One moment"),
            _t("Scans that wait: %s. They are counted afterwards.", count)
        ),
    refused: ({ count, text }) => say("miss", _t("Not taken by the server: %s", count), text),
    storageFull: () =>
        say(
            "miss",
            _t("NOT counted: the phone is full"),
            _t("Nothing more can be kept on this device.")
        ),
    notSubmitted: ({ status, message }) =>
        say("miss", _t("Not submitted"), whyNot(status, message)),
    noCount: () => say("miss", _t("Not counted"), _t("Choose a count first.")),
    closed: () =>
        say(
            "miss",
            _t("This count is closed"),
            _t("Nothing in it changes any more. Tell your lead.")
        ),
    doubtful: ({ qty }) =>
        say("wait", _t("Really %s?", qty), _t("That is a lot. Press again if it is right.")),
    serverFailed: ({ text }) => say("miss", _t("The server could not do it"), text || ""),
    needsNetwork: () =>
        say("miss", _t("This needs the network"), _t("Try again where there is a signal.")),
    othersCount: ({ name, location }) =>
        say("wait", _t("%s is counted by %s", location, name), _t("Do not count it twice.")),
};

/** Why a code must not be used, see catalogue/codes/read_code.js. */
function whyBad(code, value) {
    switch (code) {
        case "check_digit":
            return _t("%s has a wrong check digit: scan it again.", value);
        case "too_long":
            return _t("%s is too long: set the scanner to send separators (FNC1).", value);
        case "compressed":
            return _t("A compressed Digital Link cannot be read: scan another code.");
        default:
            return _t("It contradicts itself: choose the item by hand.");
    }
}

function whyNot(status, message) {
    if (status === "login") {
        return _t("Log in first. All is kept.");
    }
    const isOffline = status === "offline";
    return isOffline ? _t("There is no network. All is kept: try again later.") : message || "";
}
