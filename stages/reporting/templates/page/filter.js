// Which rows are shown, and in which order.

const { rows, pairs, measures, totalMax } = pageData;

/** Both models' mean scores in the chosen comparison, by the chosen measure; null if it was not judged. */
function scoresOf(row, choice) {
  const compared = row.pairs[choice.pair];
  if (!compared || compared.failed) return null;
  const [first, second] = compared.scores.map((scores) => scores[measures.indexOf(choice.measure)]);
  return { first, second, gain: first - second };
}

/** A model's score by the chosen measure. Of the two models that are compared it comes from their comparison, so that it
    matches winner and gain; the third's is its mean over all comparisons. Undefined if it was not judged. */
function scoreOf(row, role, choice) {
  const [first, second] = choice.pair.split("-");
  const compared = scoresOf(row, choice);
  return { [first]: compared?.first, [second]: compared?.second }[role] ?? row.scores[role]?.[measures.indexOf(choice.measure)];
}

/** The winner's name, "tie" or "failed": by the verdict for the total, by the scores for a criterion. */
function winnerOf(row, choice) {
  const scores = scoresOf(row, choice);
  if (!scores) return "failed";
  if (choice.measure === "total") return row.pairs[choice.pair].winner;
  const [first, second] = choice.pair.split("-");
  return scores.gain > 0 ? first : scores.gain < 0 ? second : "tie";
}

/** All of a row's words in lower case, put together the first time they are needed. */
function wordsOf(row) {
  row.words ??= [row.id, row.instruction, row.input, row.reference, row.kind, kindName(row.kind), row.title]
    .concat(Object.values(row.answers).map(([text]) => text))
    .join("\n")
    .toLowerCase();
  return row.words;
}

function matches(row, choice) {
  const kind = choice.kind;
  if (kind && kind !== row.source && kind !== `${row.source}:${row.kind}`) return false;
  if (choice.winner === "flipped") {
    const compared = row.pairs[choice.pair];
    if (!compared || compared.failed || compared.consistent) return false;
  } else if (choice.winner && choice.winner !== winnerOf(row, choice)) return false;
  return choice.words.every((word) => wordsOf(row).includes(word));
}

/** The rows that match, in the chosen order. Sorted by gain or score, rows that were not judged come last. */
function select(choice) {
  const matching = rows.filter((row) => matches(row, choice));
  if (!choice.sort) return matching;
  const direction = choice.sort === "loss" ? 1 : -1;
  const value = (row) => (["gain", "loss"].includes(choice.sort) ? scoresOf(row, choice)?.gain : scoreOf(row, choice.sort, choice));
  const values = new Map(matching.map((row) => [row, value(row)]));
  return matching.sort((first, second) => {
    const [a, b] = [values.get(first), values.get(second)];
    if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
    return direction * (a - b);
  });
}
