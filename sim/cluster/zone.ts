import type { Node } from './api/node.ts';

/** The node's `topology.kubernetes.io/zone`; empty without one. */
export function zoneOf(node: Node | undefined): string {
  return node?.metadata.labels['topology.kubernetes.io/zone'] ?? '';
}
