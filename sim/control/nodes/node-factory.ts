import { formatIPv4, parseCIDR } from '../../cluster/address.ts';
import { API_VERSIONS } from '../../cluster/api/kinds.ts';
import type { Node } from '../../cluster/api/node.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import type { ClusterSettings, NodeGroup } from '../../input/scenario.ts';

/** The label that tells a node's group. */
export const GROUP_LABEL = 'svclab.dev/node-group';

/** Bits of the Pod CIDR of one node. @source kube-controller-manager --node-cidr-mask-size-ipv4 */
const NODE_CIDR_BITS = 24;

/** Makes nodes of a group: names, zones in turn, and an address and a Pod CIDR each, never given out twice. */
export class NodeFactory {
  readonly #store: ObjectStore;
  readonly #settings: ClusterSettings;
  readonly #made = new Map<string, number>();
  readonly #templates = new Map<string, Node>();
  #cidrs = 0;
  #addresses = 0;

  constructor(store: ObjectStore, settings: ClusterSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  /** Adds the nodes that each group has from the start. */
  addInitial(): void {
    for (const group of this.#settings.nodeGroups) for (let i = 0; i < group.count; i++) this.add(group);
  }

  add(group: NodeGroup): Node {
    const number = this.#made.get(group.name) ?? 0;
    this.#made.set(group.name, number + 1);
    const node = this.#make(group, number, this.nextCIDR(), this.#nextAddress());
    this.#store.add(node);
    return node;
  }

  /** The node of the group that is made after `ahead` others, in no store yet: for asking what would fit on it. */
  template(group: NodeGroup, ahead: number): Node {
    const number = (this.#made.get(group.name) ?? 0) + ahead;
    const key = `${group.name}-${number}`;
    const known = this.#templates.get(key) ?? this.#make(group, number, '', '');
    this.#templates.set(key, known);
    return known;
  }

  nextCIDR(): string {
    const { base } = parseCIDR(this.#settings.podCIDR);
    return `${formatIPv4(base + this.#cidrs++ * 2 ** (32 - NODE_CIDR_BITS))}/${NODE_CIDR_BITS}`;
  }

  #nextAddress(): string {
    // The first is the router's, as nearly everywhere.
    return formatIPv4(parseCIDR(this.#settings.nodeCIDR).base + 2 + this.#addresses++);
  }

  #make(group: NodeGroup, number: number, podCIDR: string, address: string): Node {
    const name = `${group.name}-${number}`;
    const zone = group.zones[number % group.zones.length] ?? '';
    return {
      apiVersion: API_VERSIONS.Node,
      kind: 'Node',
      metadata: this.#store.meta({
        name,
        labels: {
          'kubernetes.io/hostname': name,
          'topology.kubernetes.io/zone': zone,
          [GROUP_LABEL]: group.name,
          ...group.labels,
        },
      }),
      spec: { podCIDR },
      status: {
        allocatable: { cpu: `${group.cpuMilli}m`, memory: group.memoryBytes, pods: group.pods },
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: this.#store.now }],
        addresses: [
          ...(address === '' ? [] : [{ type: 'InternalIP' as const, address }]),
          { type: 'Hostname' as const, address: name },
        ],
        nodeInfo: { kubeletVersion: 'v1.35.0' },
      },
    };
  }
}
