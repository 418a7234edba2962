import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../cluster/api/workloads.ts';
import { requestOf } from '../cluster/resources.ts';
import { loadScenario } from './load.ts';
import { scaleScenario } from './scale.ts';

const { base } = loadScenario('scenario.yaml', {
  read: (path) => readFileSync(join(import.meta.dirname, 'testdata/shop', path), 'utf8'),
});
const web = (scenario: typeof base) => scenario.objects.find(({ kind }) => kind === 'Deployment') as Deployment;

describe.each([2, 10, 0.5])('times %d', (k) => {
  const scaled = scaleScenario(base, k);

  test('load, capacity and business figures keep their ratios', () => {
    const [before, after] = [base, scaled].map(({ traffic, workloads, representing, clients, cluster, ...rest }) => {
      const { arrivals } = traffic[0]!;
      const rate = arrivals.kind === 'poisson' ? arrivals.rate[1]![1] : Number.NaN;
      const { cpuMilli } = requestOf(web(rest as typeof base).spec.template.spec);
      return {
        money: rate * representing,
        utilisation: rate / workloads[1]!.cores,
        places: rate / workloads[1]!.concurrency,
        backlog: rate / workloads[1]!.backlog,
        pool: rate / clients.web!.pool,
        autoscaler: workloads[0]!.cores / cpuMilli,
        podsPerNode: cluster.nodeGroups[0]!.cpuMilli / cpuMilli,
      };
    });
    expect(after).toEqual(before);
  });

  test('times, replicas and memory stay as they are', () => {
    expect(scaled.workloads[1]!.serviceTime).toEqual(base.workloads[1]!.serviceTime);
    expect(scaled.timeline).toEqual(base.timeline);
    expect(web(scaled).spec.replicas).toBe(web(base).spec.replicas);
    expect(requestOf(web(scaled).spec.template.spec).memoryBytes).toBe(2 ** 28);
  });
});

test('there and back is where one began; what is unlimited stays so', () => {
  expect(scaleScenario(scaleScenario(base, 8), 1 / 8)).toEqual(base);
  expect(scaleScenario(base, 3).clients.user!.pool).toBe(Number.POSITIVE_INFINITY);
});

test('a budget’s burst grows with the load, and small pools never vanish', () => {
  const [, budget] = loadScenario('scenario.yaml', {
    read: (path) => readFileSync(join(import.meta.dirname, 'testdata/shop', path), 'utf8'),
  }).variants;
  expect(scaleScenario(budget!, 4).clients.web!.retries.budget).toMatchObject({ ratio: 0.1, burst: 40 });
  expect(scaleScenario(base, 0.001).clients.web!.pool).toBe(1);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('%d is no scale', (k) => {
  expect(() => scaleScenario(base, k)).toThrow(RangeError);
});
