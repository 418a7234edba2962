import { Streams } from '../../sim/engine/random.ts';
import { loadScenario } from '../../sim/input/load.ts';
import type { Scenario } from '../../sim/input/scenario.ts';
import { dice } from './dice.ts';
import { randomClient } from './random-clients.ts';
import { randomCluster } from './random-cluster.ts';
import { randomTimeline } from './random-timeline.ts';
import { randomTraffic } from './random-traffic.ts';
import { randomApp } from './random-workloads.ts';

/** Simulated seconds of a random world. */
export const SECONDS = 60;

/** A small world over all features of the format, of which a random subset is off. The same seed gives the same world. */
export function randomDocument(seed: number): Record<string, unknown> {
  const r = dice(new Streams(seed).stream('world'));
  const names = ['front', 'middle', 'back'].slice(0, r.of([1, 2, 3]));
  const apps = names.map((name, i) => randomApp(r, name, names.slice(i + 1)));
  const cluster = randomCluster(r);
  return {
    apiVersion: 'svclab.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: `random-${seed}` },
    duration: `${SECONDS}s`,
    seed,
    representing: r.of([1, 100]),
    manifests: apps.flatMap(({ manifests }) => manifests),
    cluster,
    clients: { web: randomClient(r), inner: randomClient(r) },
    workloads: apps.map(({ behaviour }) => behaviour),
    traffic: randomTraffic(r, apps),
    timeline: randomTimeline(r, apps, cluster),
    ...r.maybe(0.2, () => ({ business: { traffic: 'users', orderValue: 50, returnShare: 0.3 } })),
    thresholds: r.some(['users.success >= 99%', 'users.p99 < 1s'], 0.3),
    trace: { requests: r.of([0, 0.1, 1]), buckets: r.of(['500ms', '7s']) },
  };
}

export function randomScenario(seed: number): Scenario {
  return loadScenario('scenario.yaml', { read: () => JSON.stringify(randomDocument(seed)) }).base;
}
