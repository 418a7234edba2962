import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inlineMore } from '../sim/cli/compiler.ts';
import { loadScenario } from '../sim/input/load.ts';
import { runScenario } from '../sim/run/run.ts';
import { type Job, timed } from './job.ts';

/**
 * W1 as a scenario through the whole product: Service address, iptables pick, a connection a request, histograms, a trace in buckets of a second that
 * is thrown away. Args: requests, on average. Timed is all of `runScenario`: the start of the world, the run and the end of the trace; not the reading of the files.
 */
const w1Scenario: Job = ([requests]) => {
  inlineMore(); // as `svclab run` has it
  const read = (path: string) => readFileSync(path, 'utf8');
  const { base } = loadScenario(fileURLToPath(new URL('../bench/w1.yaml', import.meta.url)), { read });
  const duration = Math.round((requests! / 700_000) * 1e9);
  let bytes = 0;
  let sojourn = 0;
  const run = (until: number) =>
    runScenario(
      { ...base, duration: until },
      {
        version: 'bench',
        sink: (chunk) => {
          bytes += chunk.length;
        },
        summarise: (latencies) => {
          sojourn = Object.values(latencies)[0]?.latency.mean ?? Number.NaN; // s
          return {};
        },
      },
    );
  for (let i = 0; i < 3; i++) run(3e8); // until the compiler has done: its work is not measured in C++ either
  let counters = { events: 0, requests: 0 };
  const seconds = timed(() => {
    counters = run(duration);
  });
  return {
    seconds,
    count: counters.requests,
    notes: { meanMs: 1000 * sojourn, events: counters.events, traceBytes: bytes },
  };
};

export const jobs: Record<string, Job> = { 'w1-scenario': w1Scenario };
