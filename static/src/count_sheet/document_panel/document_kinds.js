import { _t } from "@web/core/l10n/translation";

/**
 * What each kind of document asks, how it looks, and what a part of it is called. The counting app
 * has these words, too.
 */
export const KINDS = {
    out: {
        icon: "fa-truck",
        label: _t("Goes out"),
        question: _t("Already taken from the shelf?"),
        part: _t("Taken"),
        correct: _t("Correct the transfer to what was taken"),
    },
    in: {
        icon: "fa-sign-in",
        label: _t("Comes in"),
        question: _t("Already on the shelf?"),
        part: _t("Arrived"),
        correct: _t("Correct the transfer to what arrived"),
    },
    inside: {
        icon: "fa-exchange",
        label: _t("Moves inside the warehouse"),
        question: _t("Already moved?"),
        part: _t("Moved"),
        correct: _t("Correct the transfer to what moved"),
    },
    made: {
        icon: "fa-cogs",
        label: _t("Is made"),
        question: _t("Already on the shelf?"),
        part: _t("On the shelf"),
    },
    sold: {
        icon: "fa-shopping-cart",
        label: _t("Sold at the till"),
        question: _t("Sold at the till, not booked yet"),
        part: _t("Sold"),
    },
};
