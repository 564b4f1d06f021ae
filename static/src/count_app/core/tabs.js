/**
 * Lets one tab at a time use the app: two tabs on the same count would each show half of it. A tab
 * that opens asks for others; the tab that has the app answers. A killed tab does not answer.
 */
export class Tabs {
    /**
     * @param {string} name the same in all tabs of one user
     * @param {() => void} onOther called when another tab has the app
     */
    constructor(name, onOther) {
        this.onOther = onOther;
        this.active = true;
        this.channel = new BroadcastChannel(name);
        this.channel.onmessage = ({ data }) => this.hear(data);
        this.channel.postMessage("anybody?");
    }

    /** Takes the app from the other tab. */
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
