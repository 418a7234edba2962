import { expect, test } from 'vitest';
import { propagationOf, propagationSentence } from '../../sim/explain/propagation.ts';
import { readTrace } from '../../sim/trace/reader.ts';
import { liveWorld, SECOND, scenarioOf } from './worlds.ts';

/** A rollout of 6 Pods, in a cluster whose proxies sync at most so often. */
function rollout(minSyncPeriod: string, nodes = 3) {
  const chunks: Uint8Array[] = [];
  const scenario = scenarioOf({
    apps: [{ name: 'app', replicas: 6 }],
    duration: '1m',
    rate: 10,
    cluster: { nodes: { count: nodes, cpu: 64, memory: '64Gi' }, dataPlane: { minSyncPeriod } },
    timeline: [{ at: '10s', restart: 'deployment/app' }],
  });
  const world = liveWorld(scenario, (chunk) => chunks.push(chunk));
  world.engine.run(60 * SECOND);
  world.propagation.read();
  world.trace.close({});
  return propagationOf(readTrace(Buffer.concat(chunks)));
}

test('endpoint changes are followed from their cause to every node', () => {
  const fast = rollout('0s');
  const slow = rollout('10s');
  expect(fast.changes).toBeGreaterThan(6);
  expect(fast.published.max).toBeGreaterThan(0);
  expect(fast.published.max).toBeLessThan(1);
  expect(fast.programmed.p50!).toBeGreaterThan(fast.published.p50!);
  expect(fast.programmed.max).toBeLessThan(2);
  // What comes while the proxy may not sync waits for the rest of the ten seconds.
  expect(slow.programmed.max).toBeGreaterThan(8);
  expect(slow.programmed.max).toBeLessThan(12);
  expect(propagationSentence(fast)).toBeNull();
  expect(propagationSentence(slow)).toMatch(/^\d+ endpoint changes reached the nodes' rules after .* at most\.$/);
});

test('a cluster in which nothing changes has no figures', () => {
  const scenario = scenarioOf({ apps: [{ name: 'app' }], duration: '5s', rate: 1 });
  const chunks: Uint8Array[] = [];
  const world = liveWorld(scenario, (chunk) => chunks.push(chunk));
  world.engine.run(5 * SECOND);
  world.propagation.read();
  world.trace.close({});
  const none = { p50: null, p99: null, max: null };
  expect(propagationOf(readTrace(Buffer.concat(chunks)))).toEqual({
    changes: 0,
    published: none,
    programmed: { ...none, p90: null },
  });
});
