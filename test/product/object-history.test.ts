import { expect, test } from 'vitest';
import type { Kind } from '../../sim/cluster/api/kinds.ts';
import type { World } from '../../sim/run/world.ts';
import { objectsAt } from '../../sim/trace/object-history.ts';
import { readTrace } from '../../sim/trace/reader.ts';
import { liveWorld, SECOND, scenarioOf } from './worlds.ts';

const hpa = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'app' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
    minReplicas: 2,
    maxReplicas: 8,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  },
};

/** Everything in the store, by uid, as JSON has it. */
function held({ store }: World): Record<string, unknown> {
  const objects = store.kinds().flatMap((kind: Kind) => [...store.list(kind)]);
  return Object.fromEntries(objects.map((object) => [object.metadata.uid, JSON.parse(JSON.stringify(object))]));
}

test('whatever happens to a cluster, the trace tells each object as the store held it', () => {
  const chunks: Uint8Array[] = [];
  const probe = { httpGet: { port: 8080 }, periodSeconds: 2, failureThreshold: 1 };
  const scenario = scenarioOf({
    apps: [
      { name: 'app', replicas: 4, container: { readinessProbe: probe, livenessProbe: probe } },
      { name: 'other', replicas: 2 },
    ],
    manifests: [hpa],
    duration: '3m',
    rate: { '0s': 50, '20s': 400, '60s': 400, '100s': 20 },
    timeline: [
      { at: '10s', restart: 'deployment/app' },
      { at: '40s', scale: 'deployment/other', replicas: 5 },
      { at: '60s', drain: 'node/node-1' },
      { at: '90s', fail: { node: 'node-2' }, for: '30s' },
    ],
  });
  const world = liveWorld(scenario, (chunk) => chunks.push(chunk));
  const seen: [number, Record<string, unknown>][] = [[0, held(world)]];
  for (let time = 0.25 * SECOND; time <= 180 * SECOND; time += 0.25 * SECOND) {
    world.engine.run(time);
    seen.push([time, held(world)]);
  }
  world.trace.close({});
  const trace = readTrace(Buffer.concat(chunks));
  for (const [time, objects] of seen.filter((_, i) => i % 7 === 0 || i < 80)) {
    const told = objectsAt(trace, time).map((object) => [object.metadata.uid, object] as const);
    expect(Object.fromEntries(told), `at ${time / SECOND} s`).toEqual(objects);
  }
  expect(trace.tables.writes.time.length).toBeGreaterThan(150);
});
