import type { Quantities } from './api/meta.ts';
import type { Node } from './api/node.ts';
import type { PodSpec } from './api/pod.ts';
import { parseBytes, parseQuantityMilli } from './quantity.ts';

/** CPU in thousandths of a core, memory in bytes, and a number of Pods. */
export interface Resources {
  cpuMilli: number;
  memoryBytes: number;
  pods: number;
}

/** A quantity of a map, in the unit of `Resources`. */
function amount(quantities: Quantities | undefined, name: string, absent: number): number {
  const quantity = quantities?.[name];
  if (quantity === undefined) return absent;
  return name === 'cpu' ? parseQuantityMilli(String(quantity)) : parseBytes(String(quantity));
}

const requests = new WeakMap<PodSpec['containers'], Resources>();

/**
 * What a Pod asks for: the sum of its containers and sidecars, or its largest init container if that is more.
 * Pods of one template share their containers, so this is computed once for all of them.
 * @source k8s.io/component-helpers resource/helpers.go PodRequests
 */
export function requestOf(spec: PodSpec): Resources {
  let known = requests.get(spec.containers);
  if (known === undefined) {
    known = {
      cpuMilli: total(spec, 'cpu'),
      memoryBytes: total(spec, 'memory'),
      pods: 1,
    };
    requests.set(spec.containers, known);
  }
  return known;
}

function total(spec: PodSpec, name: string): number {
  const of = (container: { resources?: { requests?: Quantities } }) => amount(container.resources?.requests, name, 0);
  let sum = spec.containers.reduce((all, container) => all + of(container), 0);
  let sidecars = 0;
  let largestInit = 0;
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars += of(container);
    else largestInit = Math.max(largestInit, sidecars + of(container));
  }
  sum += sidecars;
  return Math.max(sum, largestInit);
}

/** What the containers may use: each its CPU limit, else its request; thousandths of a core. */
export function coresMilli(spec: PodSpec): number {
  return spec.containers.reduce((sum, { resources }) => {
    return sum + amount(resources?.limits, 'cpu', amount(resources?.requests, 'cpu', 0));
  }, 0);
}

const rooms = new WeakMap<Quantities, Resources>();

/** What a node has for Pods. */
export function roomOf(node: Node): Resources {
  const { allocatable } = node.status;
  let known = rooms.get(allocatable);
  if (known === undefined) {
    known = {
      cpuMilli: amount(allocatable, 'cpu', 0),
      memoryBytes: amount(allocatable, 'memory', 0),
      pods: amount(allocatable, 'pods', 110),
    };
    rooms.set(allocatable, known);
  }
  return known;
}
