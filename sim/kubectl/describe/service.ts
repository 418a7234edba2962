import type { Endpoint, EndpointSlice } from '../../cluster/api/endpoint-slice.ts';
import type { Service, ServicePort } from '../../cluster/api/service.ts';
import { joinHostPort } from '../../cluster/ip.ts';
import { explainEndpoints } from '../../control/endpoints/explain-endpoints.ts';
import { balancerText, pendingReason } from '../columns/services.ts';
import { firstThree, formatLabels, NONE } from '../printer.ts';
import type { Sheet } from './sheet.ts';

/** With two lines of svclab's own: how many endpoints are ready, and why there is none. @source kubectl describeService */
export function describeService(service: Service, sheet: Sheet): void {
  const { spec, status } = service;
  sheet.head(service);
  sheet.metadata(service);
  sheet.field('Selector', formatLabels(spec.selector ?? {}));
  sheet.field('Type', spec.type);
  if (spec.ipFamilyPolicy) sheet.field('IP Family Policy', spec.ipFamilyPolicy);
  if (spec.ipFamilies?.length) sheet.field('IP Families', spec.ipFamilies.join(','));
  sheet.field('IP', spec.clusterIP ?? '');
  if (spec.clusterIPs !== undefined) sheet.field('IPs', spec.clusterIPs.join(',') || NONE);
  if (spec.externalIPs?.length) sheet.field('External IPs', spec.externalIPs.join(','));
  if (spec.loadBalancerIP) sheet.field('Desired LoadBalancer IP', spec.loadBalancerIP);
  if (spec.externalName) sheet.field('External Name', spec.externalName);
  const balancer = balancerText(status.loadBalancer.ingress);
  if (balancer !== '') sheet.field('LoadBalancer Ingress', balancer);
  for (const port of spec.ports ?? []) describePort(port, sheet.snapshot.slicesOf(service), sheet);
  sheet.field('Session Affinity', spec.sessionAffinity);
  if (spec.externalTrafficPolicy) sheet.field('External Traffic Policy', spec.externalTrafficPolicy);
  if (spec.internalTrafficPolicy) sheet.field('Internal Traffic Policy', spec.internalTrafficPolicy);
  if (spec.healthCheckNodePort) sheet.field('HealthCheck NodePort', spec.healthCheckNodePort);
  if (spec.loadBalancerSourceRanges?.length) {
    sheet.field('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(','));
  }
  const { ready, total, why } = explainEndpoints(service, sheet.snapshot);
  if (spec.type !== 'ExternalName') sheet.field('Ready Endpoints', `${ready}/${total}`);
  const reasons = [why, pendingReason(service)].filter((reason) => reason !== undefined);
  if (reasons.length > 0) sheet.field('Why', reasons);
  sheet.events(service);
}

function describePort(port: ServicePort, slices: readonly EndpointSlice[], sheet: Sheet): void {
  const { name = '<unset>', targetPort, nodePort, protocol } = port;
  sheet.field('Port', `${name}  ${port.port}/${protocol}`);
  sheet.field('TargetPort', `${targetPort}/${protocol}`);
  if (nodePort) sheet.field('NodePort', `${name}  ${nodePort}/${protocol}`);
  const texts: string[] = [];
  for (const { ports, endpoints } of slices) {
    const own = ports.find((each) => (each.name ?? '') === (port.name ?? ''));
    if (own?.port === undefined) continue;
    for (const { addresses } of endpoints.filter(isReady)) {
      for (const address of addresses) texts.push(joinHostPort(address, own.port));
    }
  }
  sheet.field('Endpoints', firstThree(texts, ''));
}

function isReady({ conditions }: Endpoint): boolean {
  return conditions.ready ?? true;
}
