import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { benchmarks, type Case } from './cases.ts';
import { jobs as cluster } from './cluster.ts';
import { measure } from './contender.ts';
import { jobs as dataplane } from './dataplane.ts';
import { jobs as draws } from './draws.ts';
import { jobs as histogram } from './histogram.ts';
import { jobs as hold } from './hold.ts';
import { type Job, span } from './job.ts';
import { jobs as lanes } from './lanes.ts';
import { jobs as simjs } from './simjs.ts';
import { jobs as strategies } from './strategies.ts';
import { jobs as w1 } from './w1.ts';
import { jobs as w1Scenario } from './w1-scenario.ts';

/** Best and spread of one contender: the machine is shared, so the fastest of some runs says most. */
interface Row {
  readonly contender: string;
  /** Operations per second, of the fastest run. */
  readonly perSecond: number;
  /** Slowest run over fastest. */
  readonly spread: number;
  /** svclab's rate over this one's. */
  readonly ratio: number;
  /** What that ratio should be at least; null: anything. */
  readonly bar: number | null;
  readonly notes: Readonly<Record<string, number | string>>;
}

interface Table {
  readonly name: string;
  readonly unit: string;
  readonly rows: readonly Row[];
}

const usage = `usage: npm run bench -- [name] [--json] [--rounds N] [--scale X]
  names: ${Object.keys(benchmarks).join(', ')}; all of them: all, which also writes bench/RESULTS.md
  --scale 0.1 does a tenth of the work, --rounds 5 repeats each contender five times (default 3)`;

const args = process.argv.slice(2);
if (args[0] === '--job') runJob(args[1]!, args.slice(2).map(Number));
else if (args.includes('--help')) console.log(usage);
else main();

function main(): void {
  const option = (name: string, fallback: number) =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : fallback;
  const [rounds, scale] = [option('--rounds', 3), option('--scale', 1)];
  const named = args[0] !== undefined && !args[0].startsWith('--') ? args[0] : 'all';
  const only = named === 'all' ? undefined : named;
  if (!(rounds >= 1 && scale > 0) || (only !== undefined && !(only in benchmarks))) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const cases = only === undefined ? Object.values(benchmarks).flat() : benchmarks[only]!;
  const tables: Table[] = [];
  for (const c of cases) {
    console.error(`${c.name} …`);
    tables.push(compare(c, rounds, scale));
  }
  const machine = `${cpus()[0]?.model.trim()} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;
  const text = tables.map(toMarkdown).join('\n');
  console.log(args.includes('--json') ? JSON.stringify({ version: 1, machine, rounds, scale, tables }, null, 2) : text);
  if (only === undefined && scale === 1) {
    const head = `# Benchmarks\n\nWritten by \`npm run bench\`. Fastest of ${rounds} interleaved runs, each in a process of its own, peers in the same run;\nCPU time, since the machine has other work too. Scavenges are those of the measured part.\n\n${machine}\n`;
    const path = fileURLToPath(new URL('../bench/RESULTS.md', import.meta.url));
    writeFileSync(path, `${head}\n${text}`);
  }
}

function compare(c: Case, rounds: number, scale: number): Table {
  const contenders = c.contenders(scale).filter((contender) => contender.command !== undefined);
  const runs = contenders.map(() => [] as { rate: number; notes: Readonly<Record<string, number | string>> }[]);
  for (let round = 0; round < rounds; round++) {
    contenders.forEach((contender, i) => {
      const { seconds, count, notes } = measure(contender.command!);
      runs[i]!.push({ rate: count / seconds, notes: notes ?? {} });
    });
  }
  const best = runs.map((r) => Math.max(...r.map(({ rate }) => rate)));
  const rows = contenders.map((contender, i) => ({
    contender: contender.name,
    perSecond: best[i]!,
    spread: best[i]! / Math.min(...runs[i]!.map(({ rate }) => rate)),
    ratio: best[0]! / best[i]!,
    bar: contender.bar ?? null,
    notes: runs[i]!.at(-1)!.notes,
  }));
  return { name: c.name, unit: c.unit, rows };
}

function toMarkdown({ name, unit, rows }: Table): string {
  const lines = rows.map(({ contender, perSecond, spread, ratio, bar, notes }) => {
    const note = Object.entries(notes).map(
      ([key, value]) => `${key} ${typeof value === 'string' ? value : Number(value.toPrecision(6))}`,
    );
    return `| ${contender} | ${(perSecond / 1e6).toPrecision(3)} | ${ratio.toFixed(2)} × | ${bar === null ? '' : `${bar} × ${ratio >= bar ? 'met' : 'missed'}`} | ${spread.toFixed(2)} | ${note.join(', ')} |`;
  });
  const head = `| ${name} | M ${unit}/s | ratio of the first | bar | slowest / fastest | |\n| --- | ---: | ---: | ---: | ---: | --- |`;
  return `${head}\n${lines.join('\n')}\n`;
}

/** Runs one job in this process and prints its measurement, with the scavenges in its measured part. */
function runJob(name: string, jobArgs: readonly number[]): void {
  const jobs: Record<string, Job> = {
    ...cluster,
    ...dataplane,
    ...draws,
    ...histogram,
    ...hold,
    ...lanes,
    ...w1,
    ...w1Scenario,
    ...simjs,
    ...strategies,
  };
  let scavenges = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, detail } of list.getEntries() as (PerformanceEntry & { detail: { kind: number } })[]) {
      if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR && startTime >= span.from && startTime <= span.to)
        scavenges++;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const { seconds, count, notes } = jobs[name]!(jobArgs);
  setTimeout(() => {
    observer.disconnect();
    console.log(JSON.stringify({ seconds, count, notes: { ...notes, scavenges } }));
  }, 50); // the observer is told of collections later
}
