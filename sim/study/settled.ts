import type { Node } from '../cluster/api/node.ts';
import type { Pod } from '../cluster/api/pod.ts';
import { zoneOf } from '../cluster/zone.ts';
import { Engine } from '../engine/engine.ts';
import type { Scenario } from '../input/scenario.ts';
import { createWorld } from '../run/world.ts';
import { TraceWriter } from '../trace/writer.ts';

/** The cluster of a scenario at time 0, as far as a study asks. */
export interface Settled {
  readonly nodes: readonly { readonly name: string; readonly zone: string; readonly pods: number }[];
  /** Those that run, with their `namespace/workload`. */
  readonly pods: readonly { readonly namespace: string; readonly name: string; readonly workload: string }[];
  /** Pods that no node has room for. */
  readonly pending: number;
}

/** Settles a world and looks into it; nothing runs. */
export function settle(scenario: Scenario): Settled {
  const engine = new Engine();
  const { name, description, variant, seed, duration, representing } = scenario;
  const header = { scenario: name, description, variant, seed, duration, bucket: duration, representing };
  const trace = new TraceWriter(() => {}, engine.clock, { ...header, svclab: '', settings: {} });
  const { store } = createWorld(scenario, trace, engine);
  const pods = [...store.list('Pod')] as Pod[];
  const placed = pods.filter(({ spec }) => spec.nodeName !== undefined && spec.nodeName !== '');
  return {
    nodes: ([...store.list('Node')] as Node[]).map((node) => ({
      name: node.metadata.name,
      zone: zoneOf(node),
      pods: placed.filter(({ spec }) => spec.nodeName === node.metadata.name).length,
    })),
    pods: placed.map(({ metadata }) => ({
      namespace: metadata.namespace,
      name: metadata.name,
      workload: workloadOf(metadata.namespace, metadata.name, scenario),
    })),
    pending: pods.length - placed.length,
  };
}

/** The workload whose name the Pod's begins with, the longest of several; else the Pod's own. */
function workloadOf(namespace: string, pod: string, { workloads }: Scenario): string {
  const names = workloads.map(({ workload }) => workload).filter((key) => `${namespace}/${pod}`.startsWith(`${key}-`));
  return names.toSorted((a, b) => b.length - a.length)[0] ?? `${namespace}/${pod}`;
}
