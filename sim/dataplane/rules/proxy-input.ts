import type { EndpointSlice } from '../../cluster/api/endpoint-slice.ts';
import type { Node } from '../../cluster/api/node.ts';
import type { Service } from '../../cluster/api/service.ts';

export type ProxyMode = 'iptables' | 'nftables' | 'ipvs' | 'ebpf';

/** @source kubernetes pkg/proxy/apis/config; the names of its fields where it has them */
export interface ProxySettings {
  mode: ProxyMode;
  /** SNAT everything that goes to a ClusterIP. */
  masqueradeAll: boolean;
  /** What tells Pod traffic, a block for each family, separated by a comma. null: nothing does. */
  clusterCIDR: string | null;
  /** The blocks that ClusterIPs come from, separated by a comma. Only nftables wants to know. */
  serviceCIDR?: string | undefined;
  /** Blocks of node addresses that take node ports, or `primary`. Empty: the mode's default. */
  nodePortAddresses: readonly string[];
  /** iptables and IPv4 alone: node ports on 127.0.0.0/8. */
  localhostNodePorts: boolean;
  /** Of IPVS. */
  scheduler: string;
  /** Of eBPF, for what comes from outside; inside the cluster it is always random. */
  algorithm: 'random' | 'maglev';
  /** Of eBPF: how a packet from outside gets to an endpoint on another node. */
  loadBalancerMode: 'snat' | 'dsr';
  /** Of eBPF: are packets from outside to a ClusterIP balanced? @source cilium bpf-lb-external-clusterip, default false */
  externalClusterIP: boolean;
}

export const DEFAULT_PROXY_SETTINGS: ProxySettings = {
  mode: 'iptables',
  masqueradeAll: false,
  clusterCIDR: '10.244.0.0/16,fd00:10:244::/56',
  nodePortAddresses: [],
  localhostNodePorts: true,
  scheduler: 'rr',
  algorithm: 'random',
  loadBalancerMode: 'snat',
  externalClusterIP: false,
};

/** All that one node's proxy knows. */
export interface ProxyInput {
  services: readonly Service[];
  slices: readonly EndpointSlice[];
  /** The node that the proxy runs on. */
  node: Node;
  settings: ProxySettings;
}
