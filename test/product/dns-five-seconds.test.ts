import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { namesOf } from '../../sim/explain/names.ts';
import { loadScenario } from '../../sim/input/load.ts';
import { type Outcome, outcomeOf, ROOT } from './runs.ts';

/** Four of the scenario's twenty minutes. */
const MINUTES = 4;
const file = loadScenario(join(ROOT, 'scenarios/dns-five-seconds/scenario.yaml'), {
  read: (path) => readFileSync(path, 'utf8'),
});
const runs = new Map(
  [file.base, ...file.variants].map((scenario) => [
    scenario.variant || 'baseline',
    outcomeOf({ ...scenario, duration: MINUTES * 60e9 }),
  ]),
);
const of = (variant: string) => runs.get(variant)!;
const latency = ({ summary }: Outcome) => summary.traffic.pages!.latency;
const names = ({ trace }: Outcome) => namesOf(trace, { from: 0, to: trace.bucketCount })!;

test('a page in fifty takes five seconds: half a per cent of pairs, four pairs a name', () => {
  const base = of('baseline');
  const share = names(base).raced / names(base).lookups;
  // 28,000 lookups: within four standard deviations
  expect(Math.abs(share - 0.02)).toBeLessThan(0.0034);
  expect(latency(base).p50).toBeLessThan(0.15);
  expect(latency(base).p99).toBeGreaterThan(5);
  expect(latency(base).p99).toBeLessThan(5.3);
});

test('and no Pod has anything to do with it', () => {
  const { summary, story } = of('baseline');
  expect(summary.traffic.pages!.success).toBe(1);
  for (const pod of Object.values(summary.pods)) expect(pod.utilisation).toBeLessThan(0.5);
  expect(story.verdict).toMatch(/lookups that lost a query made some of them wait \(p99 5\.\d+ s\)/);
  expect(story.steps.find(({ title }) => title === 'What names cost')!.text).toMatch(
    /in connection tracking, where A and AAAA from one socket met/,
  );
});

describe('cures', () => {
  test.each(['node-local-cache', 'single-request-reopen', 'go-resolver'])('%s: no query races', (variant) => {
    expect(names(of(variant)).raced).toBe(0);
    expect(latency(of(variant)).max).toBeLessThan(2);
  });

  test.each(['ndots-2', 'trailing-dot'])('%s: a quarter of the questions, a quarter of the losses', (variant) => {
    const share = names(of(variant)).raced / names(of(variant)).lookups;
    expect(Math.abs(share - 0.005)).toBeLessThan(0.0017);
    expect(latency(of(variant)).p99).toBeLessThan(0.5);
    expect(latency(of(variant)).p999).toBeGreaterThan(5);
  });

  test('keep-alive: an address is asked for when a connection is opened, and few are', () => {
    expect(names(of('keep-alive')).lookups).toBeLessThan(0.05 * names(of('baseline')).lookups);
  });

  test('alpine: the same losses, half of the wait', () => {
    expect(latency(of('alpine')).p99).toBeGreaterThan(2.5);
    expect(latency(of('alpine')).p99).toBeLessThan(2.8);
  });
});

test('the same customers came at the same moments', () => {
  const arrivals = ({ trace }: Outcome) => Array.from(trace.dense(trace.seriesOf('user.sent')[0]!));
  for (const run of runs.values()) expect(arrivals(run)).toEqual(arrivals(of('baseline')));
});
