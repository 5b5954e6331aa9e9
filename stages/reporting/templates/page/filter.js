// Which rows are shown, and in which order.

/** Both models' mean scores in one comparison, by one measure; null where it was not judged. */
function scoresOf(row, choice) {
  const compared = row.pairs[choice.pair];
  if (!compared || compared.failed) return null;
  const [first, second] = compared.scores.map((scores) => scores[measures.indexOf(choice.measure)]);
  return { first, second, gain: first - second };
}

/** The winner's name, "tie" or "failed": for the total that of the verdict, for a criterion by its scores. */
function winnerOf(row, choice) {
  const scores = scoresOf(row, choice);
  if (!scores) return "failed";
  if (choice.measure === "total") return row.pairs[choice.pair].winner;
  const [first, second] = choice.pair.split("-");
  return scores.gain > 0 ? first : scores.gain < 0 ? second : "tie";
}

/** All of a row's words in lower case, put together when they are first asked for. */
function wordsOf(row) {
  row.words ??= [row.id, row.instruction, row.input, row.reference, row.kind, row.title]
    .concat(Object.values(row.answers).map(([text]) => text))
    .join("\n")
    .toLowerCase();
  return row.words;
}

function fits(row, choice) {
  const kind = choice.kind;
  if (kind && kind !== row.source && kind !== `${row.source}:${row.kind}`) return false;
  if (choice.winner === "flipped") {
    const compared = row.pairs[choice.pair];
    if (!compared || compared.failed || compared.consistent) return false;
  } else if (choice.winner && choice.winner !== winnerOf(row, choice)) return false;
  return choice.words.every((word) => wordsOf(row).includes(word));
}

/** The rows that fit, as chosen; those that were not judged come last when sorted by gain. */
function select(choice) {
  const found = rows.filter((row) => fits(row, choice));
  if (!choice.sort) return found;
  const direction = choice.sort === "gain" ? -1 : 1;
  const gains = new Map(found.map((row) => [row, scoresOf(row, choice)?.gain]));
  return found.sort((one, other) => {
    const [a, b] = [gains.get(one), gains.get(other)];
    if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
    return direction * (a - b);
  });
}
