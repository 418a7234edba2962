import { OUTCOMES } from '../../sim/trace/outcomes.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { outcomeOf } from '../product/runs.ts';
import { randomScenario, SECONDS } from './random-world.ts';

/** Each tenth world runs twice. */
const TWICE = 10;

/** What a world was like. */
export interface Checked {
  attempts: number;
  events: number;
}

/**
 * Runs the world of a seed. A run itself throws when anything is lost or counted twice, or a pool or a Pod is above its size.
 * @throws Error that says what is wrong
 */
export function checkWorld(seed: number): Checked {
  const scenario = randomScenario(seed);
  const first = outcomeOf(scenario);
  const { sent, ...outcomes } = first.summary.requests;
  const ended = OUTCOMES.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0);
  if (ended !== sent) throw new Error(`${sent} requests were sent, and ${ended} have an outcome`);
  const { endedAt, attempts, events } = first.counters;
  if (endedAt !== SECONDS * 1e9) throw new Error(`the run ended at ${endedAt / 1e9} s`);
  // An attempt takes at most a dozen events, a few SYNs and hedges, a lookup eight names asked for five times; what controllers,
  // probes, quotas of 100 ms and buckets do takes a few thousand a second.
  const most = (40 + (scenario.cluster.dns.server === null ? 0 : 250)) * attempts + 3000 * SECONDS;
  if (events > most) throw new Error(`${events} events for ${attempts} attempts`);
  checkBusyTime(first.trace);
  if (seed % TWICE === 0 && !first.bytes.equals(outcomeOf(scenario).bytes))
    throw new Error('a second run gave another trace');
  return { attempts, events };
}

/** No Pod has used more CPU than its cores give since it came, up to any bucket's end. */
function checkBusyTime(trace: Trace): void {
  const { bucket } = trace.header;
  trace.tables.objects.forEach((object, pod) => {
    if (object.kind !== 'Pod') return;
    const total = (metric: string) => {
      const sum = new Float64Array(trace.bucketCount);
      for (const id of trace.seriesOf(metric, { pod })) {
        for (const [b, value] of trace.dense(id).entries()) sum[b]! += value;
      }
      return sum;
    };
    const [busy, cores] = [total('pod.busy'), total('pod.cores')];
    // A Pod that is down at a bucket's end shows no cores there, whatever it did before.
    const most = cores.reduce((a, b) => Math.max(a, b), 0) / 1000;
    let used = 0;
    let given = 0;
    for (let b = 0; b < trace.bucketCount; b++) {
      used += busy[b]!;
      if (used > 0 || cores[b]! > 0) given += most * bucket;
      if (most > 0 && used > given * (1 + 1e-9) + 1000)
        throw new Error(`${object.name} used ${used / 1e9} s of CPU by bucket ${b}, and had ${given / 1e9} s`);
    }
  });
}
