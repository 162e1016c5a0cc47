/* The search runs in a worker, which browsers refuse to pages that were opened as files.
   Then, and only then, a hidden frame does the same. The name of this file keeps the site
   generator from fetching somebody else's. */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.onmessage = null;
      this.waiting = [];
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.documentElement.append(frame);
      const inside = frame.contentWindow;
      inside.postMessage = (data) => {
        // A copy, as between real threads: who asks must not see what the other side changes.
        const event = new MessageEvent("message", { data: structuredClone(data) });
        this.dispatchEvent(event);
        if (this.onmessage) this.onmessage(event);
      };
      inside.importScripts = (...addresses) =>
        addresses.reduce((before, each) => before.then(() => load(each)), Promise.resolve());
      const load = (each) =>
        new Promise((done, failed) => {
          const script = inside.document.createElement("script");
          script.src = each;
          script.onload = done;
          script.onerror = failed;
          inside.document.head.append(script);
        });
      this.deliver = (data) =>
        inside.dispatchEvent(
          new inside.MessageEvent("message", { data: inside.structuredClone(data) }),
        );
      load(new URL(address, location.href).href).then(() => {
        const waited = this.waiting;
        this.waiting = null;
        waited.forEach(this.deliver);
      });
      this.terminate = () => frame.remove();
    }
    postMessage(data) {
      // Answers come later, as those of a real worker do.
      if (this.waiting) this.waiting.push(data);
      else setTimeout(() => this.deliver(data));
    }
  };
}
