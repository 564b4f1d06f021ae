import {
    Component,
    onError,
    onMounted,
    onWillUnmount,
    useExternalListener,
    useRef,
} from "@odoo/owl";
import { QUESTIONS } from "../dialogs/questions";
import { Banner } from "../parts/banner";
import { Icon } from "../parts/icon";
import { StatusBar } from "../parts/status_bar";
import { CountScreen } from "../screens/count_screen";
import {
    ClosedScreen,
    DoneScreen,
    ElsewhereScreen,
    FailedScreen,
    LoadingScreen,
} from "../screens/plain_screens";
import { ProgressScreen } from "../screens/progress_screen";
import { ReviewScreen } from "../screens/review_screen";
import { StartScreen } from "../screens/start_screen";
import { SubmitScreen } from "../screens/submit_screen";
import { showCrash } from "./problems";
import { useApp } from "./use_app";
import { useKeys } from "./use_keys";

const SCREEN_COMPONENTS = {
    loading: LoadingScreen,
    start: StartScreen,
    count: CountScreen,
    review: ReviewScreen,
    progress: ProgressScreen,
    submit: SubmitScreen,
    done: DoneScreen,
    closed: ClosedScreen,
    elsewhere: ElsewhereScreen,
    failed: FailedScreen,
};
/** The screens that show the tabs. */
const TABS = ["count", "review", "progress", "submit"];

/** The page: status, message, screen, tabs and the open question. */
export class CountApp extends Component {
    static template = "stock_count.CountApp";
    static components = { Banner, Icon, StatusBar };
    static props = {};

    setup() {
        Object.assign(this, useApp());
        useKeys(this.app, useRef("keys"));
        useExternalListener(window, "online", () => this.app.sync.wake(0));
        useExternalListener(document, "visibilitychange", () => this.app.sync.wake());
        onMounted(() => this.app.begin());
        onError((error) => showCrash(this.app, error));
        onWillUnmount(() => this.app.end());
    }

    get Screen() {
        return SCREEN_COMPONENTS[this.state.screen];
    }

    get Question() {
        return QUESTIONS[this.state.overlay?.name];
    }

    get hasTabs() {
        return TABS.includes(this.state.screen);
    }

    get title() {
        return this.app.count?.catalogue.session.name || "";
    }

    show(screen) {
        this.app.do(() => this.app.show(screen));
    }

    menu() {
        this.app.do(() => this.app.ask("menu"));
    }
}
