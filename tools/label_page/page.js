"use strict";

const sections = [...document.querySelectorAll(".comparison")];
const end = document.getElementById("end");
const status = document.getElementById("status");
const buttons = document.querySelector(".choices");
const keys = document.getElementById("keys");
const store = `wikitune labels ${document.body.dataset.page}`;

let { labeller, choices } = kept() ?? fresh();
let at = 0; // index of the comparison that is shown; sections.length: the end

// What an earlier visit left in this browser, in the order in which it was chosen; null where there is nothing.
function kept() {
  try {
    const { labeller, choices } = JSON.parse(localStorage.getItem(store));
    return { labeller, choices: new Map(choices) };
  } catch {
    return null;
  }
}

// A number instead of a name tells two people's files apart, and one person's two files from those.
function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return { labeller: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""), choices: new Map() };
}

function keep() {
  try {
    localStorage.setItem(store, JSON.stringify({ labeller, choices: [...choices] }));
  } catch {
    status.textContent += " This browser keeps nothing: download before you close the page.";
  }
}

const tokenAt = (index) => sections[index]?.dataset.token;

// The next comparison without a choice, from `start` and then from the first; the end where all are made.
function nextOpen(start) {
  const order = sections.map((_, step) => (start + step) % sections.length);
  return order.find((index) => !choices.has(tokenAt(index))) ?? sections.length;
}

function show(index, said = "") {
  at = Math.max(0, Math.min(index, sections.length));
  sections.forEach((section, number) => (section.hidden = number !== at));
  end.hidden = at !== sections.length;
  const open = sections.length - choices.size;
  end.querySelector("h2").textContent = open ? `${open} still to choose` : "All are chosen";
  document.getElementById("progress").value = choices.size;
  status.textContent = `${said}${choices.size} of ${sections.length} done.`;
  buttons.hidden = at === sections.length;
  for (const button of buttons.children) {
    button.setAttribute("aria-pressed", choices.get(tokenAt(at)) === button.dataset.choice);
  }
  document.getElementById("back").disabled = at === 0;
  document.getElementById("forward").disabled = at === sections.length;
  document.getElementById("undo").disabled = choices.size === 0;
  document.getElementById("download").disabled = choices.size === 0;
  window.scrollTo(0, 0);
  (sections[at] ?? end).querySelector("h2").focus({ preventScroll: true });
}

function choose(choice) {
  if (at === sections.length) return;
  choices.delete(tokenAt(at)); // so that a choice made anew is the latest
  choices.set(tokenAt(at), choice);
  show(nextOpen(at + 1), `Chose ${choice}. `);
  keep();
}

function undo() {
  const latest = [...choices.keys()].at(-1);
  if (latest === undefined) return;
  choices.delete(latest);
  show(sections.findIndex((section) => section.dataset.token === latest), "Taken back. ");
  keep();
}

function restart() {
  if (!confirm("Forget all choices and start over?")) return;
  ({ labeller, choices } = fresh());
  show(0, "Started over. ");
  keep();
}

function toggleReference() {
  const details = sections[at]?.querySelector("details");
  if (details) details.open = !details.open;
}

function download() {
  const labels = sections
    .map(({ dataset: { id, token } }) => ({ id, token, choice: choices.get(token) }))
    .filter(({ choice }) => choice !== undefined);
  const text = JSON.stringify({ version: 1, labeller, labels }, null, 2) + "\n";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `labels-${labeller}.json`;
  link.click();
}

const actions = {
  1: () => choose("A"),
  a: () => choose("A"),
  2: () => choose("B"),
  b: () => choose("B"),
  3: () => choose("tie"),
  t: () => choose("tie"),
  arrowleft: () => show(at - 1),
  arrowright: () => show(at + 1),
  u: undo,
  r: toggleReference,
};

document.addEventListener("keydown", (event) => {
  const action = actions[event.key.toLowerCase()];
  if (!action || !keys.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});

for (const button of buttons.children) {
  button.addEventListener("click", () => choose(button.dataset.choice));
}
const tools = { back: () => show(at - 1), forward: () => show(at + 1), undo, download, restart };
for (const [id, action] of Object.entries(tools)) {
  document.getElementById(id).addEventListener("click", action);
}

show(nextOpen(0));
