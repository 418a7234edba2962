import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, type Verdict } from './judge.ts';
import { models } from './models.ts';

/** `npm run validate`: the models of the theory test at full length, as a table in docs/validation.md. Exit code 1 if one disagrees. */
const [replications, requests, confidence] = [20, 500_000, 0.9999];
const verdicts: Verdict[] = [];
for (const model of models) {
  console.error(`${model.name} …`);
  verdicts.push(...judge(model, replications, requests, confidence));
}

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
const rows = verdicts.map(({ model, source, metric, theory, slack, simulated, ok }) => {
  const interval = `± ${percent(simulated.halfWidth / theory)}${slack > 0 ? ` + ${percent(slack)}` : ''}`;
  const error = percent(simulated.mean / theory - 1);
  return `| ${model} | ${metric} | ${theory.toPrecision(6)} | ${simulated.mean.toPrecision(6)} | ${interval} | ${error} | ${ok ? 'yes' : '**no**'} | ${source} |`;
});
const page = `# Validation against queueing theory

Written by \`npm run validate\`; do not edit. Each row compares a closed form, or a small Markov chain solved numerically, with the
mean of ${replications} independent replications of ${requests.toLocaleString('en')} requests on the bare engine (more where there are hundreds of servers), the first tenth of each dropped as
warm-up. The mean service time is 10 ms; times are in seconds. The interval is Student's t at ${percent(confidence)}: of 10,000 rows of a right simulator one
would disagree. Where theory is a limit (many servers) an allowance for the finite system is added to the interval. Seeds are fixed.

The same models run at a tenth of this length in \`npm test\` (\`test/theory/\`).

| model | figure | theory | simulated | interval | error | agrees | source |
| --- | --- | ---: | ---: | ---: | ---: | --- | --- |
${rows.join('\n')}
`;
writeFileSync(join(process.cwd(), 'docs', 'validation.md'), page);
const failed = verdicts.filter((verdict) => !verdict.ok).length;
console.error(`${verdicts.length - failed} of ${verdicts.length} figures agree; docs/validation.md is written`);
process.exitCode = failed > 0 ? 1 : 0;
