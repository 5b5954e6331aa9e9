// Which examples are shown, and in which order.

const reasonName = (reason) => pageData.reasons[reason] ?? reason.replaceAll("_", " ");

/** All of an example's words in lower case, put together the first time they are needed. */
function wordsOf(row) {
  row.words ??= `${row.id}\n${row.instruction}\n${row.input}\n${row.output}\n${row.title}\n${row.evidence}\n${kindName(row.kind)}`.toLowerCase();
  return row.words;
}

const TESTS = {
  fate: (row, value) => (value === "kept" ? !row.reason : value === "rejected" ? row.reason : row.reason === value),
  kind: (row, value) => value === row.source || value === `${row.source}:${row.kind}`,
  teacher: (row, value) => row.teacher === value,
  split: (row, value) => (value === "small" ? row.small : value === "none" ? !row.side && !row.reason : row.side === value),
};
const VALUES = {
  hardest: (row) => -row.ifd,
  easiest: (row) => row.ifd,
  surprising: (row) => -row.perplexity,
  longest: (row) => -row.output.length,
  shortest: (row) => row.output.length,
};

function select(choice) {
  const tests = Object.keys(TESTS).filter((name) => choice[name]);
  const matching = rows.filter(
    (row) => tests.every((name) => TESTS[name](row, choice[name])) && choice.words.every((word) => wordsOf(row).includes(word)),
  );
  if (!choice.sort) return matching;
  const value = VALUES[choice.sort];
  const unscored = ["hardest", "easiest", "surprising"].includes(choice.sort) ? (row) => row.ifd === null : () => false;
  return matching.sort((first, second) => unscored(first) - unscored(second) || value(first) - value(second));
}

function offer() {
  const reasons = new Map();
  for (const { reason } of rows) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const rules = packed.reasons.filter((reason) => reason && reasons.has(reason));
  form.fate.append(option("", say("all_fates")), option("kept", say("kept")), option("rejected", say("rejected")));
  if (rules.length) {
    const options = rules.map((reason) => option(reason, `${reasonName(reason)} (${plain.format(reasons.get(reason))})`));
    form.fate.append(element("optgroup", { label: say("by_rule") }, ...options));
  }
  form.kind.append(option("", say("all_kinds")));
  for (const source of ["synthetic", "general"]) {
    const kinds = new Set(rows.filter((row) => row.source === source).map((row) => row.kind));
    if (!kinds.size) continue;
    const options = byName([...kinds].filter(Boolean)).map((kind) => option(`${source}:${kind}`, kindName(kind)));
    form.kind.append(element("optgroup", { label: say(source) }, option(source, say("every", { kind: say(source) })), ...options));
  }
  form.teacher.append(option("", say("all_teachers")), ...packed.teachers.filter(Boolean).map((name) => option(name, name)));
  form.split.append(option("", say("all_splits")));
  form.split.append(...["train", "val", "test", "small", "none"].map((name) => option(name, say(`in_${name}`))));
  const scored = rows.some((row) => row.ifd !== null);
  const sorts = [...(scored ? ["hardest", "easiest", "surprising"] : []), "longest", "shortest"];
  form.sort.append(option("", say("sort_file")), ...sorts.map((name) => option(name, say(`sort_${name}`))));
}

function choose() {
  const { search, fate, kind, teacher, split, sort } = form;
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return { words, fate: fate.value, kind: kind.value, teacher: teacher.value, split: split.value, sort: sort.value };
}

function isChosen(choice) {
  return Boolean(choice.words.length || choice.fate || choice.kind || choice.teacher || choice.split || choice.sort);
}

function adjust() {}
