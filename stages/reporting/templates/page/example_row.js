// One example: a line and, once it is opened, its texts, what became of it, and where it comes from.

const decimal = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function drawRow(row, choice, isOpen) {
  const button = element(
    "button",
    { type: "button", "aria-expanded": String(isOpen) },
    element("span", { class: "question", lang: "en" }, marked(row.instruction || "–", choice.words)),
    drawFate(row),
  );
  const drawn = element("div", { class: "row", role: "listitem", id: `row-${row.id}` }, element("h3", {}, button));
  if (isOpen) {
    drawn.classList.add("open");
    drawn.append(drawBody(row, choice));
  }
  return drawn;
}

/** What became of an example, and its difficulty. */
function drawFate(row) {
  const fate = row.reason
    ? element("span", { class: "chip worse" }, reasonName(row.reason))
    : element("span", { class: "side" }, say(row.side ? `split_${row.side}` : "in_none"));
  const label = element("span", { class: "unseen" }, `${say("ifd")} `);
  const score = row.ifd === null ? null : element("span", { class: "score" }, label, decimal.format(row.ifd));
  return element("span", { class: "fate" }, fate, score);
}

function drawBody(row, choice) {
  const twins = namedBy(row);
  const repeats = repeatedBy.get(row.exampleId) ?? [];
  return element(
    "div",
    { class: "body" },
    row.reason ? drawEvidence(row, choice) : null,
    given(say("input"), row.input, choice),
    given(say("answer"), row.output, choice),
    ...twins.map((id) => drawOther(say("twin"), id, choice)),
    repeats.length && !row.reason
      ? element("div", { class: "given" }, element("h4", {}, say("repeated_by")), ...repeats.slice(0, 20).map(drawLink))
      : null,
    drawLineage(row),
  );
}

function given(title, text, choice) {
  if (!text) return null;
  const shown = element("p", { class: "text", lang: "en" }, marked(text, choice.words));
  return element("div", { class: "given" }, element("h4", {}, title), shown);
}

function drawEvidence(row, choice) {
  const rule = element("a", { href: `#rule-${row.reason}` }, reasonName(row.reason));
  return element(
    "div",
    { class: "given objection" },
    element("h4", {}, say("evidence"), ": ", rule),
    element("p", { class: "text" }, marked(row.evidence, choice.words)),
  );
}

/** The example that a rejected one repeats or contradicts. */
function drawOther(title, id, choice) {
  const other = byId.get(id);
  if (!other) return element("p", { class: "empty" }, say("missing_twin", { id }));
  return element(
    "div",
    { class: "given other" },
    element("h4", {}, title),
    drawLink(other),
    ...[other.input, other.output].filter(Boolean).map((text) => element("p", { class: "text", lang: "en" }, marked(text, choice.words))),
  );
}

function drawLink(other) {
  return element("p", { class: "text", lang: "en" }, element("a", { href: `#row-${other.id}` }, other.instruction || other.id));
}

/** Where the example comes from. Only an http or https address becomes a link. */
function drawLineage(row) {
  const fact = (name, ...what) => element("div", {}, element("dt", {}, say(name)), element("dd", {}, ...what));
  const page = row.linked ? element("a", { href: row.url, rel: "noreferrer" }, row.title || row.url) : row.title;
  const side = row.side ? say(`split_${row.side}`) : "";
  const facts = [
    fact("page", page || say("no_page")),
    row.revision ? fact("revision", String(row.revision)) : null,
    row.url && !row.linked ? fact("url", row.url) : null,
    row.teacher ? fact("teacher", row.teacher) : null,
    row.source ? fact("kind", `${say(row.source)}${row.kind ? `, ${kindName(row.kind)}` : ""}`) : null,
    row.reason ? null : fact("split", side ? (row.small ? say("and_small", { side }) : side) : say("no_split")),
    row.ifd === null ? null : fact("ifd", decimal.format(row.ifd)),
    row.perplexity === null ? null : fact("perplexity", decimal.format(row.perplexity)),
    fact("row", element("a", { href: `#row-${row.id}` }, row.exampleId)),
    row.side === "test" ? fact("report_row", element("a", { href: `index.html#row-${row.exampleId}` }, say("see"))) : null,
  ];
  return element("dl", { class: "lineage" }, ...facts.filter((line) => line !== null));
}
