import type { PortView } from './rules/proxy-view.ts';

/**
 * Rules that iptables holds the first packet of a connection against: those of the Services that come before its own in
 * KUBE-SERVICES, then those of its own chains up to the endpoint that it gets.
 * @param services of the cluster @param u uniform in (0, 1): the Service's place among them, random as Go walks a map
 * @param place of the endpoint in the order of the rules
 * @source kubernetes pkg/proxy/iptables/proxier.go; docs/dataplane.md
 * @simplifies each Service counts as one rule there; marks and the reject table, the same for all, are left out
 */
export function rulesBefore(services: number, u: number, place: number, { port, internal }: PortView): number {
  const inServices = Math.floor(u * services) + 1;
  const affinity = port.affinitySeconds === null ? 0 : internal.length;
  const [masquerade, inEndpoint] = [1, 2];
  return inServices + masquerade + affinity + (place + 1) + inEndpoint;
}
