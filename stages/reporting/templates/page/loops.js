// An untuned model often ends in a loop, the same words over and over. The page shows the words once.

const FEWEST_REPEATS = 3;
const SHORTEST_LOOP = 40; // characters of all repeats together

/** Where the end of a text repeats itself: the index behind the first time, and how often it comes again after that.
    null if it doesn't. The last repeat may be cut. */
function loopOf(text) {
  let longest = null;
  for (let period = 1; period * FEWEST_REPEATS <= text.length; period++) {
    let start = text.length - period;
    while (start > 0 && text[start - 1] === text[start - 1 + period]) start--;
    const length = text.length - start;
    if (length < Math.max(SHORTEST_LOOP, FEWEST_REPEATS * period)) continue;
    if (!longest || length > longest.length) longest = { length, end: start + period, more: Math.floor(length / period) - 1 };
  }
  return longest;
}
