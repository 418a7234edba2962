import type { Condition, KubernetesObject, Quantities } from './meta.ts';

export interface Taint {
  key: string;
  value?: string;
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** ns. */
  timeAdded?: number;
}

export interface NodeAddress {
  type: 'InternalIP' | 'ExternalIP' | 'Hostname' | 'InternalDNS' | 'ExternalDNS';
  address: string;
}

export interface Node extends KubernetesObject {
  kind: 'Node';
  spec: {
    /** Empty until one is given. */
    podCIDR?: string;
    podCIDRs?: string[];
    unschedulable?: boolean;
    taints?: Taint[];
    providerID?: string;
  };
  status: {
    capacity?: Quantities;
    /** Always there: a Node that says nothing has the room of a common machine. */
    allocatable: Quantities;
    /** With a Ready condition, always. */
    conditions: Condition[];
    addresses: NodeAddress[];
    nodeInfo?: Record<string, string>;
  };
}
