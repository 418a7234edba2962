import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { setCondition } from '../../cluster/conditions.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { isActive } from '../../cluster/pod-state.ts';
import type { Kinds } from '../../engine/kinds.ts';
import { type ControlContext, SECOND } from '../context.ts';
import type { Kubelet } from './kubelet.ts';

/** How often the kubelet looks. @source pkg/kubelet/eviction: monitoringInterval */
const INTERVAL = 10 * SECOND;
/** @source kubelet --eviction-pressure-transition-period */
const TRANSITION = 300 * SECOND;

const TAINT = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const;
const CLASSES = ['BestEffort', 'Burstable', 'Guaranteed'];

const kinds = {
  'pressure.evict': { a: 'pressure', b: '-', run: (pressure, number) => pressure.evictNext(number) },
  'pressure.end': { a: 'pressure', b: '-', run: (pressure, number) => pressure.end(number) },
} satisfies Kinds<NodePressure>;

/**
 * A node that runs out of memory: the kubelet says so, the scheduler sends nobody there, and Pods are evicted one by one
 * until enough is free. An evicted Pod has failed; what owns it makes another, elsewhere.
 * @source kubernetes.io node-pressure-eviction; pkg/kubelet/eviction/eviction_manager.go
 * @simplifies how much memory a Pod uses is not known: those without requests go first, then by priority, then the
 *   newest; how many have to go is said by whoever caused the pressure
 */
export class NodePressure {
  readonly #context: ControlContext;
  readonly #kubelet: Kubelet;
  readonly #kind;
  readonly #pressures: { node: string; left: number }[] = [];

  constructor(context: ControlContext, kubelet: Kubelet) {
    this.#context = context;
    this.#kubelet = kubelet;
    this.#kind = context.engine.define<NodePressure, typeof kinds>(this, kinds);
  }

  /** @param evictions Pods that have to go @param duration ns until the cause is gone */
  begin(node: Node, evictions: number, duration: number): void {
    const number = this.#pressures.push({ node: node.metadata.name, left: evictions }) - 1;
    const { store, engine, record } = this.#context;
    setCondition(node.status.conditions, 'MemoryPressure', 'True', engine.clock[0]!, 'KubeletHasInsufficientMemory');
    node.spec.taints = [...(node.spec.taints ?? []), { ...TAINT, timeAdded: engine.clock[0]! }];
    store.update(node);
    record('warning', node, 'EvictionThresholdMet', 'Attempting to reclaim memory');
    this.#in(INTERVAL, this.#kind['pressure.evict'], number);
    this.#in(duration + TRANSITION, this.#kind['pressure.end'], number);
  }

  evictNext(number: number): void {
    const pressure = this.#pressures[number]!;
    const victim = this.#victim(pressure.node);
    if (victim === undefined || pressure.left <= 0) return;
    pressure.left--;
    this.#context.record('warning', victim, 'Evicted', 'The node was low on resource: memory.');
    this.#kubelet.evict(victim, 'The node was low on resource: memory.');
    this.#in(INTERVAL, this.#kind['pressure.evict'], number);
  }

  end(number: number): void {
    const { store, engine } = this.#context;
    this.#pressures[number]!.left = 0;
    const node = store.get('Node', '', this.#pressures[number]!.node);
    if (node === undefined) return;
    setCondition(node.status.conditions, 'MemoryPressure', 'False', engine.clock[0]!, 'KubeletHasSufficientMemory');
    node.spec.taints = (node.spec.taints ?? []).filter(({ key }) => key !== TAINT.key);
    store.update(node);
  }

  /** Daemons and Pods of the highest priority are critical: they stay. */
  #victim(node: string): Pod | undefined {
    const rank = ({ status }: Pod) => CLASSES.indexOf(status.qosClass ?? 'BestEffort');
    return [...this.#context.index.podsByNode.get(node)]
      .filter((pod) => isActive(pod) && controllerOf(pod)?.kind !== 'DaemonSet' && (pod.spec.priority ?? 0) < 2e9)
      .sort(
        (a, b) =>
          rank(a) - rank(b) ||
          (a.spec.priority ?? 0) - (b.spec.priority ?? 0) ||
          b.metadata.creationTimestamp - a.metadata.creationTimestamp,
      )[0];
  }

  #in(delay: number, kind: number, number: number): void {
    const { engine } = this.#context;
    if (delay === Infinity) return;
    engine.due[0] = engine.clock[0]! + delay;
    engine.schedule(kind, number, 0);
  }
}
