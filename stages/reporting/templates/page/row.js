// One test row: a line and, once it is opened, all that is known about it.

const ROLES = ["base", "small", "full"];

function drawRow(row, choice, isOpen) {
  const button = element(
    "button",
    { type: "button", "aria-expanded": String(isOpen) },
    element("span", { class: "question", lang: "en" }, marked(row.instruction, choice.words)),
    drawTally(row, choice),
  );
  const drawn = element("div", { class: "row", role: "listitem", id: `row-${row.id}` }, element("h3", {}, button));
  if (isOpen) {
    drawn.classList.add("open");
    drawn.append(drawBody(row, choice));
  }
  return drawn;
}

/** Each model's score by the chosen measure, the winner's in bold, and the gain. */
function drawTally(row, choice) {
  const winner = winnerOf(row, choice);
  const scores = ROLES.map((role) => {
    const score = scoreOf(row, role, choice);
    const look = `model ${role}${role === winner ? " won" : ""}`;
    const name = element("span", { class: "unseen" }, `${role} `);
    return element("span", { class: look, title: role }, name, score === undefined ? "–" : plain.format(score));
  });
  const gain = scoresOf(row, choice)?.gain;
  const look = gain > 0 ? "gain up" : gain < 0 ? "gain down" : "gain";
  const name = element("span", { class: "unseen" }, say("gain"), " ");
  scores.push(element("span", { class: look }, name, gain === undefined ? "–" : withSign.format(gain).replace("-", "\u2212")));
  return element("span", { class: "tally" }, ...scores);
}

function drawBody(row, choice) {
  const given = (title, text) =>
    text ? element("div", { class: "given" }, element("h4", {}, title), drawText(text, choice)) : null;
  return element(
    "div",
    { class: "body" },
    given(say("input"), row.input),
    given(say("reference"), row.reference),
    element("div", { class: "answers" }, ...ROLES.map((role) => drawAnswer(row, role, choice))),
    drawJudgments(row),
    drawLineage(row),
  );
}

function drawText(text, choice) {
  if (!text.trim()) return element("p", { class: "text empty" }, say("nothing"));
  const loop = loopOf(text);
  if (!loop) return element("p", { class: "text", lang: "en" }, marked(text, choice.words));
  return element(
    "div",
    {},
    element("p", { class: "text", lang: "en" }, marked(text.slice(0, loop.end), choice.words)),
    element(
      "details",
      { class: "loop" },
      element("summary", {}, say("repeated", { count: plain.format(loop.more) })),
      element("p", { class: "text", lang: "en" }, marked(text.slice(loop.end), choice.words)),
    ),
  );
}

function drawAnswer(row, role, choice) {
  const [text, tokens, finish] = row.answers[role] ?? [null, 0, ""];
  const scores = row.scores[role];
  const total = scores ? say("of", { score: plain.format(scores[0]), max: totalMax }) : "–";
  const criteria = measures.slice(1).map((name, place) => `${say(name)} ${scores ? plain.format(scores[place + 1]) : "–"}`);
  const size = say("tokens", { tokens: plain.format(tokens) }) + (finish === "length" ? `, ${say("cut")}` : "");
  return element(
    "div",
    { class: `answer ${role}` },
    element("h4", {}, element("span", { class: `model ${role}` }, role), total),
    text === null ? element("p", { class: "text empty" }, say("unanswered")) : drawText(text, choice),
    element("p", { class: "meta" }, criteria.join(" · "), element("br", {}), size),
  );
}

/** The judgments of a row, those of two orders that say the same as one. */
function judgmentsOf(row) {
  const shown = [];
  for (const judgment of row.judgments) {
    const [first, second] = judgment.models;
    const same = shown.find(
      (other) =>
        !other.both && second && other.models[0] === second && other.models[1] === first && other.judge === judgment.judge &&
        other.winner === judgment.winner && other.declared === judgment.declared && other.failed === judgment.failed &&
        [first, second].every((model) => other.scores[model] === judgment.scores[model]),
    );
    if (same) same.both = true;
    else shown.push({ ...judgment });
  }
  return shown;
}

function drawJudgments(row) {
  const drawn = judgmentsOf(row).map((judgment) => {
    const [first, second] = judgment.models;
    const order = say(judgment.both ? "both_orders" : second ? "shown" : "alone", { first, second });
    const won = judgment.winner === "tie" ? say("tie") : judgment.winner ? say("wins", { model: judgment.winner }) : null;
    const outcome = judgment.failed ? say("judgment_failed") : won ?? plain.format(judgment.scores[first]);
    const { declared } = judgment;
    const contradicts = declared && declared !== judgment.winner ? say("declared", { model: declared }) : null;
    return element(
      "li",
      {},
      element("p", { class: "soft" }, order, element("br", {}), judgment.judge),
      element("p", {}, element("strong", {}, outcome), contradicts && ` (${contradicts})`, " ", judgment.why),
    );
  });
  return element("ul", { class: "judgments", "aria-label": say("judgments") }, ...drawn);
}

/** Where the instruction comes from. Only an http or https address becomes a link. */
function drawLineage(row) {
  const fact = (name, ...what) => element("div", {}, element("dt", {}, say(name)), element("dd", {}, ...what));
  const page = row.linked ? element("a", { href: row.url, rel: "noreferrer" }, row.title || row.url) : row.title;
  const facts = [
    fact("page", page || say("no_page")),
    row.revision ? fact("revision", String(row.revision)) : null,
    row.url && !row.linked ? fact("url", row.url) : null,
    fact("teacher", row.teacher),
    fact("kind", `${say(row.source)}${row.kind ? `, ${kindName(row.kind)}` : ""}`),
    fact("split", say(row.small ? "split_both" : "split_full")),
    fact("row", element("a", { href: `#row-${row.id}` }, row.id)),
    fact("example", element("a", { href: `data.html#row-${row.id}` }, say("in_data"))),
  ];
  return element("dl", { class: "lineage" }, ...facts.filter((line) => line !== null));
}
