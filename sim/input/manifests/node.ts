import { parseCIDR } from '../../cluster/address.ts';
import type { Node, NodeTaint } from '../../cluster/objects.ts';
import { type RawObject, readMeta } from './metadata.ts';
import { DNS_1123_SUBDOMAIN } from './names.ts';
import { type RawQuantities, readQuantities } from './resources.ts';
import type { Validation } from './validation.ts';

interface RawNode extends RawObject {
  spec?: { podCIDR?: string; unschedulable?: boolean; taints?: { key?: string; value?: string; effect?: string }[] };
  status?: {
    allocatable?: RawQuantities;
    capacity?: RawQuantities;
    conditions?: { type?: string; status?: string }[];
    addresses?: { type?: string; address?: string }[];
  };
}

/** What a Node without `status.allocatable` or `status.capacity` has: a common machine, and the kubelet's default of 110 Pods. */
const DEFAULT_ROOM = { cpuMilli: 8000, memoryBytes: 32 * 2 ** 30, pods: 110 };

/** A Node; without a Ready condition it is ready, without a podCIDR it gets one. */
export function readNode(raw: RawNode, v: Validation): Node {
  const { spec = {}, status = {} } = raw;
  if (spec.podCIDR) {
    try {
      parseCIDR(spec.podCIDR);
    } catch {
      v.invalid(['spec', 'podCIDR'], spec.podCIDR, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
    }
  }
  const source = status.allocatable === undefined ? 'capacity' : 'allocatable';
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  return {
    kind: 'Node',
    metadata: readMeta(raw.metadata, DNS_1123_SUBDOMAIN, '', v),
    spec: {
      podCIDR: spec.podCIDR ?? '',
      unschedulable: spec.unschedulable ?? false,
      taints: (spec.taints ?? []).map(({ key, value = '', effect }, i) => {
        if (!key) v.required(['spec', 'taints', i, 'key']);
        v.oneOf(['spec', 'taints', i, 'effect'], effect ?? '', ['NoExecute', 'NoSchedule', 'PreferNoSchedule']);
        return { key: key ?? '', value, effect: effect as NodeTaint['effect'] };
      }),
    },
    status: {
      ready: ready === undefined || ready.status === 'True',
      allocatable: { ...DEFAULT_ROOM, ...readQuantities(status[source], ['status', source], v) },
      address: status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
    },
  };
}
