// Search, filters, sorting, keys and links.

const form = document.getElementById("filters");
const count = document.getElementById("count");
const reset = document.getElementById("reset");
const list = new RowList(document.getElementById("list"));

function option(value, text) {
  return element("option", { value }, text);
}

/** Offers the winners that the chosen pair can have. */
function offerWinners() {
  const chosen = form.winner.value;
  const names = form.pair.value.split("-");
  const winners = names.map((model) => option(model, say("wins", { model })));
  const others = ["tie", "failed", "flipped"].map((name) => option(name, say(name)));
  form.winner.replaceChildren(option("", say("anyone")), ...winners, ...others);
  form.winner.value = [...form.winner.options].some((offered) => offered.value === chosen) ? chosen : "";
}

function offer() {
  form.pair.append(
    ...pairs.map((pair) => {
      const [first, second] = pair.split("-");
      return option(pair, say("against", { first, second }));
    }),
  );
  form.measure.append(...measures.map((name) => option(name, say(name))));
  form.sort.append(option("", say("sort_split")), option("gain", say("sort_gain")), option("loss", say("sort_loss")));
  form.sort.append(...ROLES.map((model) => option(model, say("sort_score", { model }))));
  form.kind.append(option("", say("all_kinds")));
  for (const source of ["synthetic", "general"]) {
    const kinds = new Set(rows.filter((row) => row.source === source && row.kind).map((row) => row.kind));
    if (!rows.some((row) => row.source === source)) continue;
    const options = [...kinds].sort().map((kind) => option(`${source}:${kind}`, kind.replaceAll("_", " ")));
    form.kind.append(element("optgroup", { label: say(source) }, option(source, say("every", { kind: say(source) })), ...options));
  }
  offerWinners();
}

function choose() {
  return {
    words: form.search.value.toLowerCase().split(/\s+/).filter(Boolean),
    pair: form.pair.value,
    measure: form.measure.value,
    winner: form.winner.value,
    kind: form.kind.value,
    sort: form.sort.value,
  };
}

function update() {
  const choice = choose();
  const shown = select(choice);
  list.show(shown, choice);
  if (!shown.length) list.box.replaceChildren(element("p", { class: "none", role: "listitem" }, say("none")));
  count.textContent = say("count", { shown: plain.format(shown.length), all: plain.format(rows.length) });
  reset.hidden = !(choice.words.length || choice.winner || choice.kind || choice.sort);
}

function clear() {
  form.reset();
  offerWinners();
  update();
}

/** Opens the row that the address names, even if the filters exclude it. */
function follow() {
  const id = location.hash.startsWith("#row-") ? location.hash.slice(5) : null;
  if (!id || !rows.some((row) => row.id === id)) return;
  if (!list.shown.some((row) => row.id === id)) clear();
  const place = list.shown.findIndex((row) => row.id === id);
  list.toggle(place, true).scrollIntoView({ behavior: "instant" });
  list.focus(place);
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape" && event.target === form.search) {
    form.search.value = "";
    form.search.blur();
    update();
  } else if (typing) {
    return;
  } else if (event.key === "/") {
    event.preventDefault();
    document.getElementById("rows").scrollIntoView();
    form.search.focus({ preventScroll: true });
    form.search.select();
  } else if ((event.key === "j" || event.key === "k") && list.shown.length) {
    const place = list.current() + (event.key === "j" ? 1 : -1);
    list.focus(Math.min(Math.max(place, 0), list.shown.length - 1));
  }
}

let waiting = 0;
form.addEventListener("input", (event) => {
  if (event.target === form.pair) offerWinners();
  clearTimeout(waiting);
  waiting = setTimeout(update, event.target === form.search ? 120 : 0);
});
form.addEventListener("submit", (event) => event.preventDefault());
reset.addEventListener("click", () => {
  clear();
  form.search.focus();
});
list.box.addEventListener("click", (event) => {
  const button = event.target.closest("h3 button");
  if (!button) return;
  const place = Number(button.closest(".row").dataset.place);
  list.toggle(place, button.getAttribute("aria-expanded") !== "true");
  list.focus(place);
});
document.addEventListener("keydown", press);
addEventListener("hashchange", follow);

offer();
update();
follow();
