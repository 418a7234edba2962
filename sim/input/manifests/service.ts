import type { Service, ServicePort, ServiceSpec } from '../../cluster/api/service.ts';
import { familyOf, isCIDR } from '../../cluster/ip.ts';
import type { Path } from '../tree.ts';
import { checkDestination, VALID_IP } from './addresses.ts';
import { PROTOCOLS } from './container.ts';
import { type Raw, readHead } from './metadata.ts';
import {
  checkLabels,
  checkName,
  checkPortName,
  checkQualifiedName,
  DNS_1035_LABEL,
  DNS_1123_LABEL,
  DNS_1123_SUBDOMAIN,
} from './names.ts';
import type { Validation } from './validation.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] as const;

/**
 * A Service with Kubernetes' defaults: type ClusterIP, protocol TCP, targetPort equal to port. Addresses and node ports
 * that it does not name are given when it is created.
 * @source k8s.io/kubernetes pkg/apis/core/v1/defaults.go, pkg/apis/core/validation/validation.go, ValidateService
 */
export function readService(raw: Raw<Service>, v: Validation, namespace: string): Service {
  const spec = raw.spec ?? {};
  const type = spec.type ?? 'ClusterIP';
  v.oneOf(['spec', 'type'], type, TYPES);
  checkLabels(v, ['spec', 'selector'], spec.selector as Record<string, string> | undefined);
  checkAddresses(spec, type, v);
  const clusterIP = spec.clusterIP ?? spec.clusterIPs?.[0] ?? '';
  const rawPorts = spec.ports ?? [];
  if (rawPorts.length === 0 && clusterIP !== 'None' && type !== 'ExternalName') v.required(['spec', 'ports']);
  if (type === 'ExternalName') {
    if (!spec.externalName) v.required(['spec', 'externalName']);
    else checkName(v, ['spec', 'externalName'], spec.externalName.replace(/\.$/, '').toLowerCase(), DNS_1123_SUBDOMAIN);
  }
  checkPolicies(spec, type, v);
  const isExternal = type === 'NodePort' || type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0;
  return {
    ...readHead('Service', raw.metadata, DNS_1035_LABEL, namespace, v),
    spec: {
      ...(spec as ServiceSpec),
      type,
      ports: readPorts(rawPorts, type, v),
      sessionAffinity: spec.sessionAffinity ?? 'None',
      ...(spec.sessionAffinity === 'ClientIP' && {
        sessionAffinityConfig: {
          clientIP: { timeoutSeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800 },
        },
      }),
      ...(isExternal && { externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster' }),
      ...(type !== 'ExternalName' && { internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster' }),
      ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true }),
      publishNotReadyAddresses: spec.publishNotReadyAddresses ?? false,
    },
    status: {
      ...(raw.status as Service['status']),
      loadBalancer: (raw.status?.loadBalancer ?? {}) as Service['status']['loadBalancer'],
    },
  };
}

function checkAddresses(spec: Raw<ServiceSpec>, type: string, v: Validation): void {
  const { clusterIP, clusterIPs = [], externalIPs = [], loadBalancerSourceRanges = [] } = spec;
  if (clusterIP && clusterIP !== 'None' && familyOf(clusterIP) === null) {
    v.invalid(['spec', 'clusterIP'], clusterIP, VALID_IP);
  }
  clusterIPs.forEach((ip, i) => {
    if (ip !== 'None' && familyOf(ip) === null) v.invalid(['spec', 'clusterIPs', i], ip, VALID_IP);
  });
  if (clusterIP !== undefined && clusterIPs.length > 0 && clusterIPs[0] !== clusterIP) {
    v.invalid(['spec', 'clusterIPs'], clusterIPs, 'first value must match `clusterIP`');
  }
  if (clusterIPs.length > 2) v.invalid(['spec', 'clusterIPs'], clusterIPs, 'may only hold up to 2 values');
  const headless = clusterIP === 'None' || clusterIPs[0] === 'None';
  if (headless && (type === 'NodePort' || type === 'LoadBalancer')) {
    v.invalid(['spec', 'clusterIPs', 0], 'None', `may not be set to 'None' for ${type} services`);
  }
  if (type === 'ExternalName' && clusterIP) {
    v.forbidden(['spec', 'clusterIPs'], 'may not be set when `type` is ExternalName');
  }
  for (const [i, ip] of externalIPs.entries()) checkDestination(v, ['spec', 'externalIPs', i], ip);
  if (loadBalancerSourceRanges.length > 0 && type !== 'LoadBalancer') {
    v.forbidden(['spec', 'loadBalancerSourceRanges'], "may only be used when `type` is 'LoadBalancer'");
  }
  loadBalancerSourceRanges.forEach((range, i) => {
    if (isCIDR(range.trim())) return;
    const detail = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
    v.invalid(['spec', 'loadBalancerSourceRanges', i], range, detail);
  });
  (spec.ipFamilies ?? []).forEach((family, i) => {
    v.oneOf(['spec', 'ipFamilies', i], family, ['IPv4', 'IPv6']);
    if (spec.ipFamilies!.indexOf(family) < i) v.duplicate(['spec', 'ipFamilies', i], family);
    const ip = clusterIPs[i] ?? (i === 0 ? clusterIP : undefined);
    const actual = ip === undefined ? null : familyOf(ip);
    if (actual !== null && actual !== family) {
      v.invalid(['spec', 'clusterIPs', i], ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``);
    }
  });
  v.oneOf(['spec', 'ipFamilyPolicy'], spec.ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack']);
  for (const [field, list] of [
    ['ipFamilies', spec.ipFamilies ?? []],
    ['clusterIPs', clusterIPs],
  ] as const) {
    if (list.length < 2 || spec.ipFamilyPolicy !== 'SingleStack') continue;
    const detail = `must be RequireDualStack or PreferDualStack when multiple '${field}' are specified`;
    v.invalid(['spec', 'ipFamilyPolicy'], spec.ipFamilyPolicy, detail);
  }
}

function checkPolicies(spec: Raw<ServiceSpec>, type: string, v: Validation): void {
  v.oneOf(['spec', 'sessionAffinity'], spec.sessionAffinity, ['ClientIP', 'None']);
  v.oneOf(['spec', 'internalTrafficPolicy'], spec.internalTrafficPolicy, ['Cluster', 'Local']);
  v.oneOf(['spec', 'externalTrafficPolicy'], spec.externalTrafficPolicy, ['Cluster', 'Local']);
  v.oneOf(['spec', 'trafficDistribution'], spec.trafficDistribution, [
    'PreferClose',
    'PreferSameNode',
    'PreferSameZone',
  ]);
  const timeout = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (timeout !== undefined && (timeout <= 0 || timeout > 86400)) {
    const path = ['spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds'];
    v.invalid(path, timeout, 'must be greater than 0 and less than 86400');
  }
  const isExternal = type === 'NodePort' || type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0;
  if (spec.externalTrafficPolicy !== undefined && !isExternal) {
    const detail = 'may only be set for externally-accessible services';
    v.invalid(['spec', 'externalTrafficPolicy'], spec.externalTrafficPolicy, detail);
  }
  if (spec.healthCheckNodePort && (type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local')) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    v.invalid(['spec', 'healthCheckNodePort'], spec.healthCheckNodePort, detail);
  }
  for (const field of ['loadBalancerClass', 'allocateLoadBalancerNodePorts'] as const) {
    if (spec[field] !== undefined && type !== 'LoadBalancer')
      v.forbidden(['spec', field], "may only be used when `type` is 'LoadBalancer'");
  }
  if (spec.loadBalancerClass) checkQualifiedName(v, ['spec', 'loadBalancerClass'], spec.loadBalancerClass);
}

function readPorts(raw: Raw<ServicePort>[], type: string, v: Validation): ServicePort[] {
  const names = new Set<string>();
  const numbers = new Set<string>();
  const nodePorts = new Set<string>();
  return raw.map((rawPort, i) => {
    const path: Path = ['spec', 'ports', i];
    const { name = '', port = 0, protocol = 'TCP', targetPort, nodePort } = rawPort;
    if (rawPort.port === undefined) v.required([...path, 'port']);
    else v.port([...path, 'port'], port);
    if (name === '' && raw.length > 1) v.required([...path, 'name']);
    if (name !== '') checkName(v, [...path, 'name'], name, DNS_1123_LABEL);
    if (name !== '' && names.has(name)) v.duplicate([...path, 'name'], name);
    names.add(name);
    v.oneOf([...path, 'protocol'], protocol, PROTOCOLS);
    if (numbers.has(`${port}/${protocol}`)) v.duplicate(path, { ...(name && { name }), port, protocol });
    numbers.add(`${port}/${protocol}`);
    if (typeof targetPort === 'number') v.port([...path, 'targetPort'], targetPort);
    else if (targetPort !== undefined) checkPortName(v, [...path, 'targetPort'], targetPort);
    if (nodePort) v.port([...path, 'nodePort'], nodePort);
    if (v.hasRanges && nodePort && (nodePort < 30000 || nodePort > 32767)) {
      const detail = 'provided port is not in the valid range. The range of valid ports is 30000-32767';
      v.invalid([...path, 'nodePort'], nodePort, detail);
    }
    if (nodePort && nodePorts.has(`${nodePort}/${protocol}`)) v.duplicate([...path, 'nodePort'], nodePort);
    nodePorts.add(`${nodePort}/${protocol}`);
    if (nodePort && (type === 'ClusterIP' || type === 'ExternalName')) {
      v.forbidden([...path, 'nodePort'], "may not be used when `type` is 'ClusterIP'");
    }
    return { ...(rawPort as ServicePort), port, protocol, targetPort: targetPort || port };
  });
}
