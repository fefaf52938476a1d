// Comunica as an engine that answers line by line: {quads, query} in, an answer out (engines.py).
const { createRequire } = require('node:module');
const path = require('node:path');
const readline = require('node:readline');

const installed = createRequire(path.join(__dirname, '..', 'comunica', 'package.json'));
const { QueryEngine } = installed('@comunica/query-sparql');
const { DataFactory: made, Store } = installed('n3');

function term(of) {
  if (of[0] === 'iri') return made.namedNode(of[1]);
  if (of[0] === 'bnode') return made.blankNode(of[1]);
  return made.literal(of[1], of[3] || made.namedNode(of[2]));
}

// Comunica gives the blank nodes of a source a prefix.
function written(of) {
  if (of.termType === 'NamedNode') return ['iri', of.value];
  if (of.termType === 'BlankNode') return ['bnode', of.value.replace(/^bc_\d+_/, '')];
  return ['literal', of.value, of.datatype.value, of.language || ''];
}

const engine = new QueryEngine();
let last = [null, null];

function store(quads) {
  const key = JSON.stringify(quads);
  if (last[0] !== key) {
    const named = quads.map(([s, p, o, g]) =>
      made.quad(term(s), term(p), term(o), g ? term(g) : made.defaultGraph()));
    last = [key, new Store(named)];
  }
  return last[1];
}

async function answer({ quads, query }) {
  const found = await engine.query(query, { sources: [store(quads)] });
  if (found.resultType === 'boolean') return { boolean: await found.execute() };
  const items = await (await found.execute()).toArray();
  if (found.resultType === 'quads') {
    return { triples: items.map((q) => [q.subject, q.predicate, q.object].map(written)) };
  }
  return { rows: items.map((row) =>
    Object.fromEntries([...row].map(([key, value]) => [key.value, written(value)]))) };
}

// What fails where nobody waits for it fails the query that is being answered.
let fail = () => {};
process.on('unhandledRejection', (error) => fail(error));
process.on('uncaughtException', (error) => fail(error));

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let reply;
    try {
      const failing = new Promise((_, reject) => { fail = reject; });
      reply = await Promise.race([answer(JSON.parse(line)), failing]);
    } catch (error) {
      reply = { error: String(error.message).split('\n')[0] };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

main();
