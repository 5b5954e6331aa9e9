// The filters of the test rows.

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
    const options = byName(kinds).map((kind) => option(`${source}:${kind}`, kindName(kind)));
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

/** Whether the reader has narrowed or sorted the rows. */
function isChosen(choice) {
  return Boolean(choice.words.length || choice.winner || choice.kind || choice.sort);
}

/** After the reader has changed a field, or all at once. */
function adjust(field) {
  if (field !== form.search) offerWinners();
}
