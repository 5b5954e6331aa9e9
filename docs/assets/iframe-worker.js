// Lets the search of the built pages run when they are opened as files, without a server: browsers start no worker from
// a file, so its script runs in a hidden frame instead. The name is the one that the theme's plugin looks for.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const inside = frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const script = inside.document.createElement("script");
      this.ready = new Promise((resolve) => script.addEventListener("load", resolve));
      this.deliver = (data) => inside.dispatchEvent(new MessageEvent("message", { data }));
      script.src = url;
      inside.document.body.append(script);
    }

    postMessage(data) {
      this.ready.then(() => this.deliver(structuredClone(data)));
    }
  };
}
