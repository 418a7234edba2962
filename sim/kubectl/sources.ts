import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Cluster, ClusterEvent } from '../run/cluster.ts';
import { SEVERITIES } from '../trace/format.ts';
import { objectsAt } from '../trace/object-history.ts';
import type { Trace } from '../trace/trace.ts';
import { Snapshot } from './snapshot.ts';

/** A cluster without traffic, now. */
export function snapshotOfCluster({ store, events }: Pick<Cluster, 'store' | 'events'>): Snapshot {
  const objects = store.kinds().flatMap((kind: Kind): KubernetesObject[] => [...store.list(kind)]);
  return new Snapshot(store.now, objects, events);
}

/** A run's cluster as it was. @param time ns @throws TraceError where the trace's history is none */
export function snapshotOfTrace(trace: Trace, time: number): Snapshot {
  return new Snapshot(time, objectsOfTrace(trace, time), eventsUntil(trace, time));
}

/** What the API server stored then. @param time ns @throws TraceError where the trace's history is none */
export function objectsOfTrace(trace: Trace, time: number): KubernetesObject[] {
  return objectsAt(trace, time) as unknown as KubernetesObject[];
}

function eventsUntil({ tables }: Trace, time: number): ClusterEvent[] {
  const { events, objects, texts } = tables;
  const found: ClusterEvent[] = [];
  for (let row = 0; row < events.time.length && events.time[row]! <= time; row++) {
    const object = objects[events.object[row]!];
    if (object === undefined) continue;
    const { namespace, kind } = object.attributes;
    found.push({
      at: events.time[row]!,
      severity: SEVERITIES[events.severity[row]!]!,
      // A workload's trace object says itself what it is.
      kind: object.kind === 'Workload' ? String(kind) : object.kind,
      object: namespace ? `${namespace}/${object.name}` : object.name,
      reason: texts[events.reason[row]!]!,
      message: texts[events.message[row]!]!,
    });
  }
  return found;
}
