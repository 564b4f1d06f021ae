/**
 * One tab at a time: two that count the same would each show half. The one that is opened later
 * asks; a tab that was killed does not answer.
 */
export class Tabs {
    /**
     * @param {string} name of what must not be open twice
     * @param {() => void} onOther another tab has it
     */
    constructor(name, onOther) {
        this.onOther = onOther;
        this.active = true;
        this.channel = new BroadcastChannel(name);
        this.channel.onmessage = ({ data }) => this.hear(data);
        this.channel.postMessage("anybody?");
    }

    /** Uses the app here; the other tab gives way. */
    take() {
        this.active = true;
        this.channel.postMessage("mine");
    }

    close() {
        this.channel.close();
    }

    hear(word) {
        if (word === "anybody?") {
            if (this.active) {
                this.channel.postMessage("here");
            }
        } else if (this.active) {
            this.active = false;
            this.onOther();
        }
    }
}
