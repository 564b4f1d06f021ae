import { Question } from "./question";

/** The menu of the open count. */
export class MenuQuestion extends Question {
    static template = "stock_count.MenuQuestion";

    setup() {
        super.setup();
        this.view.isMuted = this.app.feedback.muted;
    }

    show(screen) {
        this.do(() => this.app.show(screen));
    }

    askFor(name) {
        this.do(() => this.app.ask(name));
    }

    toggleSound() {
        this.view.isMuted = !this.view.isMuted;
        this.app.feedback.setMuted(this.view.isMuted);
        this.app.feedback.signal("hit");
    }

    refresh() {
        this.do(() => this.app.sessions.enter(this.count.id, { fresh: true }));
    }

    leave() {
        this.do(() => this.app.sessions.leave());
    }
}
