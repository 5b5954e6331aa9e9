// A list that is searched, filtered and walked through by keys, and whose rows have addresses. What can be chosen, and
// which rows that leaves, are the page's own: `rows`, `offer`, `choose`, `select`, `isChosen` and `adjust`.

const form = document.getElementById("filters");
const count = document.getElementById("count");
const reset = document.getElementById("reset");
const list = new RowList(document.getElementById("list"));

function option(value, text) {
  return element("option", { value }, text);
}

/** Kinds in the order of their names. */
function byName(kinds) {
  return [...kinds].sort((first, second) => kindName(first).localeCompare(kindName(second), language));
}

function update() {
  const choice = choose();
  const shown = select(choice);
  list.show(shown, choice);
  if (!shown.length) list.box.replaceChildren(element("p", { class: "none", role: "listitem" }, say("none")));
  count.textContent = say("count", { shown: plain.format(shown.length), all: plain.format(rows.length) });
  reset.hidden = !isChosen(choice);
}

function clear() {
  form.reset();
  adjust(form);
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
  adjust(event.target);
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
