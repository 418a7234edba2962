import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { totalsBy } from '../../sim/explain/buckets.ts';
import { loadScenario } from '../../sim/input/load.ts';
import type { Scenario } from '../../sim/input/scenario.ts';
import { type Outcome, outcomeOf, ROOT } from './runs.ts';

const files = { read: (path: string) => readFileSync(path, 'utf8') };
const { base, variants } = loadScenario(join(ROOT, 'scenarios/metastable-retries/scenario.yaml'), files);
const SECOND = 1e9;

/** Share of the requests of the last minute that were answered well. */
function lastMinute({ trace }: Outcome): number {
  const to = Math.ceil(trace.tables.endedAt / trace.header.bucket);
  const from = to - Math.round((60 * SECOND) / trace.header.bucket);
  const ended = totalsBy<string>(trace, 'user.ended', {}, 'outcome', { from, to });
  const all = [...ended.values()].reduce((sum, count) => sum + count, 0);
  return ((ended.get('ok') ?? 0) + (ended.get('okAfterRetry') ?? 0)) / all;
}

/** The scenario at another load and number of retries, with or without its thirty seconds of twice the capacity. */
function at(load: number, retries: number, isTriggered: boolean): Scenario {
  const peak = isTriggered ? 800 : load;
  const times = [0, 60, 61, 90, 91, 300].map((s) => s * SECOND);
  const rate = times.map((time, i): [number, number] => [time, i === 2 || i === 3 ? peak : load]);
  const app = base.clients.app!;
  return {
    ...base,
    duration: 300 * SECOND,
    clients: { ...base.clients, app: { ...app, retries: { ...app.retries, max: retries } } },
    traffic: [{ ...base.traffic[0]!, arrivals: { kind: 'poisson', rate } }],
    trace: { requests: 0, bucket: 5 * SECOND },
  };
}

describe('retries that outlive their trigger', () => {
  const LOADS = [60, 85, 120, 160, 230, 300];

  // Four Pods serve 400 requests a second. Down, each call is 1 + R attempts: it stays down where load · (1 + R) > 400.
  test.each([0, 1, 3])('the bistable region with %i retries is where it is computed', (retries) => {
    const states = LOADS.map((load) => ({
      untouched: lastMinute(outcomeOf(at(load, retries, false))) > 0.5,
      triggered: lastMinute(outcomeOf(at(load, retries, true))) > 0.5,
    }));
    expect(states.map(({ untouched }) => untouched)).toEqual(LOADS.map(() => true));
    expect(states.map(({ triggered }) => triggered)).toEqual(LOADS.map((load) => load * (1 + retries) <= 400));
  });

  test.each([
    ['no-retries', true],
    ['retry-budget', true],
    ['circuit-breaker', true],
    ['load-shedding', true],
    ['last-come-first', true],
    ['less-load', true],
    ['cancellation', false],
  ])('%s: back to normal: %s', (name, isUp) => {
    expect(lastMinute(outcomeOf(base)) > 0.5).toBe(false);
    expect(lastMinute(outcomeOf(variants.find(({ variant }) => variant === name)!)) > 0.5).toBe(isUp);
  });
});
