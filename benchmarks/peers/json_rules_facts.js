// Rules from standard input, facts from a file, one at a time through json-rules-engine.
const fs = require("fs");
const { Engine } = require("json-rules-engine");

async function main([factsFile, outFile]) {
  const engine = new Engine(JSON.parse(fs.readFileSync(0, "utf8")));
  const facts = fs.readFileSync(factsFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const found = new Map();
  const started = process.hrtime.bigint();
  for (const fact of facts) {
    const { events } = await engine.run(fact);
    for (const event of events) found.set(`${event.type} ${fact.number}`, [event.type, fact.number]);
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  fs.writeFileSync(outFile, JSON.stringify([...found.values()]));
  console.log(JSON.stringify({ evaluate: seconds, facts: facts.length }));
}

main(process.argv.slice(2));
