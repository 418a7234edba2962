import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arenaModels } from './arena-models.ts';
import { judge, type Verdict } from './judge.ts';
import { literature } from './literature.ts';
import { models } from './models.ts';

/** `npm run validate`: the models of the theory tests at full length, and what is published of strategies, as docs/validation.md. Exit code 1 if one disagrees. */
const [replications, requests, confidence] = [20, 500_000, 0.9999];
const verdicts: Verdict[] = [];
for (const model of [...models, ...arenaModels]) {
  console.error(`${model.name} …`);
  verdicts.push(...judge(model, replications, requests, confidence));
}

const claims = literature.flatMap(({ name, source, setting, findings, measure }) => {
  console.error(`${name} …`);
  const values = measure(1);
  return findings.map(({ figure, published, accepted: [low, high], text }, i) => {
    const ok = values[i]! >= low && values[i]! <= high;
    if (!ok) process.exitCode = 1;
    const once = i === 0 ? [name, setting, source] : ['', '', ''];
    return `| ${once[0]} | ${figure} | ${published} | ${text(values[i]!)} | ${ok ? 'yes' : '**no**'} | ${once[1]} | ${once[2]} |`;
  });
});

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
const rows = verdicts.map(({ model, source, metric, theory, slack, simulated, ok }) => {
  const interval = `± ${percent(simulated.halfWidth / theory)}${slack > 0 ? ` + ${percent(slack)}` : ''}`;
  const error = percent(simulated.mean / theory - 1);
  return `| ${model} | ${metric} | ${theory.toPrecision(6)} | ${simulated.mean.toPrecision(6)} | ${interval} | ${error} | ${ok ? 'yes' : '**no**'} | ${source} |`;
});
const page = `# Validation

Written by \`npm run validate\`; do not edit.

## Queueing theory

Each row compares a closed form, or a small Markov chain solved numerically, with the
mean of ${replications} independent replications of ${requests.toLocaleString('en')} requests (more where there are hundreds of servers) on the bare engine, or, where a name says so,
in the arena of tournaments; the first tenth of each is dropped as warm-up. The mean service time is 10 ms; times are in seconds. The interval is Student's t at ${percent(confidence)}: of 10,000 rows of a right simulator one
would disagree. Where theory is a limit (many servers) an allowance for the finite system is added to the interval. Seeds are fixed.

The same models run at a tenth of this length, or less, in \`npm test\` (\`test/theory/\`).

| model | figure | theory | simulated | interval | error | agrees | source |
| --- | --- | ---: | ---: | ---: | ---: | --- | --- |
${rows.join('\n')}

## Load balancing, beside what is published

Where a paper or a post has no closed form but figures of its own machines: theirs beside ours, from the arena of tournaments. The same direction and
rough size are asked for; the range that counts as that is in \`test/theory/literature.ts\`, and \`npm test\` holds it.

| claim | figure | published | here | as published | set up | source |
| --- | --- | ---: | ---: | --- | --- | --- |
${claims.join('\n')}
`;
writeFileSync(join(process.cwd(), 'docs', 'validation.md'), page);
const failed = verdicts.filter((verdict) => !verdict.ok).length;
console.error(`${verdicts.length - failed} of ${verdicts.length} figures agree; docs/validation.md is written`);
if (failed > 0) process.exitCode = 1;
