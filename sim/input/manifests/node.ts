import type { Quantities } from '../../cluster/api/meta.ts';
import type { Node } from '../../cluster/api/node.ts';
import { isCIDR } from '../../cluster/ip.ts';
import { type Raw, readHead } from './metadata.ts';
import { DNS_1123_SUBDOMAIN } from './names.ts';
import { readQuantities } from './resources.ts';
import type { Validation } from './validation.ts';

/** What a Node without `status.allocatable` or `status.capacity` has: a common machine, and the kubelet's default of 110 Pods. */
const DEFAULT_ROOM: Quantities = { cpu: 8, memory: '32Gi', pods: 110 };

/** A Node; without a Ready condition it is ready, without a podCIDR it gets one when it joins. */
export function readNode(raw: Raw<Node>, v: Validation): Node {
  const { spec = {}, status = {} } = raw;
  if (spec.podCIDR && !isCIDR(spec.podCIDR)) {
    v.invalid(['spec', 'podCIDR'], spec.podCIDR, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
  }
  spec.taints?.forEach(({ key, effect }, i) => {
    if (!key) v.required(['spec', 'taints', i, 'key']);
    v.oneOf(['spec', 'taints', i, 'effect'], effect ?? '', ['NoExecute', 'NoSchedule', 'PreferNoSchedule']);
  });
  const source = status.allocatable === undefined ? 'capacity' : 'allocatable';
  const room = { ...DEFAULT_ROOM, ...readQuantities(status[source], ['status', source], v) };
  const conditions = (status.conditions ?? []) as Node['status']['conditions'];
  return {
    ...readHead('Node', raw.metadata, DNS_1123_SUBDOMAIN, '', v),
    spec: spec as Node['spec'],
    status: {
      ...(status as Node['status']),
      allocatable: room,
      conditions: conditions.some(({ type }) => type === 'Ready')
        ? conditions
        : [...conditions, { type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      addresses: (status.addresses ?? []) as Node['status']['addresses'],
    },
  };
}
