// The list of rows. Rows come in chunks. Only chunks near the window are in the document; a chunk far away is an empty
// box with the height that it had.

const CHUNK = 20;

class RowList {
  constructor(box) {
    this.box = box;
    this.open = new Set();
    this.watcher = new IntersectionObserver((entries) => entries.forEach((entry) => this.pass(entry)), { rootMargin: "600px 0px" });
    this.height = 48; // of a closed row, until one is drawn
  }

  /** Shows other rows, starting at the first. */
  show(shown, choice) {
    Object.assign(this, { shown, choice });
    this.watcher.disconnect();
    const count = Math.ceil(shown.length / CHUNK);
    this.chunks = Array.from({ length: count }, () => element("div", { role: "presentation" }));
    this.chunks.forEach((chunk, place) => {
      chunk.style.height = `${this.height * Math.min(CHUNK, shown.length - place * CHUNK)}px`;
      this.watcher.observe(chunk);
    });
    this.box.replaceChildren(...this.chunks);
    if (count) this.fill(this.chunks[0]);
  }

  /** Fills a chunk that comes near the window, and empties one that leaves it. */
  pass({ target, isIntersecting, boundingClientRect }) {
    if (isIntersecting) this.fill(target);
    else if (target.firstChild && !target.contains(document.activeElement)) {
      target.style.height = `${boundingClientRect.height}px`;
      target.replaceChildren();
    }
  }

  fill(chunk) {
    if (chunk.firstChild) return;
    const start = this.chunks.indexOf(chunk) * CHUNK;
    const rows = this.shown.slice(start, start + CHUNK);
    chunk.append(...rows.map((row, place) => this.draw(row, start + place)));
    chunk.style.height = "";
    if (!rows.some((row) => this.open.has(row.id))) this.height = chunk.offsetHeight / rows.length || this.height;
  }

  draw(row, place) {
    const drawn = drawRow(row, this.choice, this.open.has(row.id));
    drawn.setAttribute("aria-posinset", place + 1);
    drawn.setAttribute("aria-setsize", this.shown.length);
    drawn.dataset.place = place;
    return drawn;
  }

  /** The row's element; draws its chunk if necessary. */
  at(place) {
    const chunk = this.chunks[Math.floor(place / CHUNK)];
    this.fill(chunk);
    return chunk.children[place % CHUNK];
  }

  toggle(place, isOpen) {
    const row = this.shown[place];
    this.open[isOpen ? "add" : "delete"](row.id);
    const old = this.at(place);
    const drawn = this.draw(row, place);
    old.replaceWith(drawn);
    return drawn;
  }

  focus(place) {
    const row = this.at(place);
    row.querySelector("button").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest", behavior: "instant" }); // an open row with its whole content
  }

  /** The place of the row that has the focus, -1 if there is none. */
  current() {
    const row = document.activeElement?.closest(".row");
    return row ? Number(row.dataset.place) : -1;
  }
}
