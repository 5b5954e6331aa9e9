// The examples: a gzip of JSON, in which what many examples share is stored once.

async function unpack() {
  const binary = atob(document.getElementById("examples-data").textContent.trim());
  const bytes = new Uint8Array(binary.length);
  for (let place = 0; place < bytes.length; place++) bytes[place] = binary.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

const packed = await unpack();
document.getElementById("examples-data").remove();

const seen = new Map(); // how many rows have had this id: a rejected copy has that of the example it repeats
const rows = packed.rows.map(([id, instruction, input, output, kind, page, teacher, reason, evidence, side, small, ifd, perplexity]) => {
  const earlier = seen.get(id) ?? 0;
  seen.set(id, earlier + 1);
  const [title, revision, url, linked, source] = packed.pages[page];
  return {
    id: earlier ? `${id}.${earlier + 1}` : id, exampleId: id, instruction, input, output, kind: packed.kinds[kind],
    title, revision, url, linked, source, teacher: packed.teachers[teacher], reason: packed.reasons[reason], evidence,
    side: ["", "train", "val", "test"][side], small: Boolean(small), ifd, perplexity,
  };
});
const byId = new Map(rows.toReversed().map((row) => [row.exampleId, row])); // the first of each id

/** The ids of other examples that the evidence of a rejection names. */
function namedBy(row) {
  return [...new Set(row.evidence.match(/\b[0-9a-f]{16}\b/g) ?? [])].filter((id) => id !== row.exampleId);
}

const repeatedBy = new Map(); // by the id of an example: the rejected rows whose evidence names it
for (const row of rows) {
  if (!row.reason) continue;
  for (const id of namedBy(row)) {
    if (!repeatedBy.has(id)) repeatedBy.set(id, []);
    repeatedBy.get(id).push(row);
  }
}
