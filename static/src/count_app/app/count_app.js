import {
    Component,
    onError,
    onMounted,
    onWillUnmount,
    useExternalListener,
    useRef,
} from "@odoo/owl";
import { CameraQuestion } from "../dialogs/camera";
import {
    ItemQuestion,
    LocationQuestion,
    LotQuestion,
    SeveralQuestion,
    WhichQuestion,
} from "../dialogs/choose";
import { MoreQuestion, PackageQuestion, SerialsQuestion } from "../dialogs/contents";
import {
    ClaimedQuestion,
    DoubtQuestion,
    EditQuestion,
    FinishQuestion,
    NoneQuestion,
    RefusedQuestion,
    ResetQuestion,
    StorageQuestion,
} from "../dialogs/decide";
import { EvidenceQuestion } from "../dialogs/evidence";
import { MenuQuestion } from "../dialogs/menu";
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
import { useApp } from "./use_app";
import { useKeys } from "./use_keys";

const SCREENS = {
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
const QUESTIONS = {
    camera: CameraQuestion,
    claimed: ClaimedQuestion,
    doubt: DoubtQuestion,
    edit: EditQuestion,
    evidence: EvidenceQuestion,
    finish: FinishQuestion,
    item: ItemQuestion,
    location: LocationQuestion,
    lot: LotQuestion,
    menu: MenuQuestion,
    more: MoreQuestion,
    none: NoneQuestion,
    package: PackageQuestion,
    refused: RefusedQuestion,
    reset: ResetQuestion,
    serials: SerialsQuestion,
    several: SeveralQuestion,
    storage: StorageQuestion,
    which: WhichQuestion,
};
/** Screens that belong to a session have the tabs below them. */
const TABS = ["count", "review", "progress", "submit"];

/** The whole page. */
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
        onError((error) => this.app.stumble(error));
        onWillUnmount(() => this.app.end());
    }

    get Screen() {
        return SCREENS[this.state.screen];
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
