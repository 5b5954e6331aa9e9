// Elements made from data. Text is only ever inserted as text: nothing that a wiki page, a model or a judge wrote
// becomes markup.

const pageData = JSON.parse(document.getElementById("rows-data").textContent);
const { texts, language } = pageData;

/** A text in the report's language, with its `{placeholders}` filled in. */
function say(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A kind of task in words. */
function kindName(kind) {
  return pageData.kinds[kind] ?? kind.replaceAll("_", " ");
}

const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const withSign = new Intl.NumberFormat(language, { maximumFractionDigits: 1, signDisplay: "exceptZero" });

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Text in which the words of the search are marked. */
function marked(text, words) {
  if (!words.length) return document.createTextNode(text);
  const pattern = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  const parts = text.split(new RegExp(`(${pattern})`, "gi")); // every second part is a match
  const fragment = document.createDocumentFragment();
  fragment.append(...parts.map((part, place) => (place % 2 ? element("mark", {}, part) : part)));
  return fragment;
}
