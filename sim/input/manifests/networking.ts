import type {
  Gateway,
  HTTPRoute,
  Ingress,
  IngressBackend,
  IngressClass,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../cluster/api/networking.ts';
import { inCIDR, isCIDR } from '../../cluster/ip.ts';
import type { Path } from '../tree.ts';
import { PROTOCOLS } from './container.ts';
import { type Raw, readHead, readSelector } from './metadata.ts';
import { checkPortName, DNS_1123_SUBDOMAIN } from './names.ts';
import type { Validation } from './validation.ts';

/**
 * A NetworkPolicy; without `policyTypes` it is about ingress, and about egress where it has egress rules.
 * @source k8s.io/kubernetes pkg/apis/networking/v1/defaults.go, pkg/apis/networking/validation/validation.go
 */
export function readNetworkPolicy(raw: Raw<NetworkPolicy>, v: Validation, namespace: string): NetworkPolicy {
  const spec = raw.spec ?? {};
  const { ingress, egress, policyTypes = [] } = spec;
  for (const [i, type] of policyTypes.entries()) v.oneOf(['spec', 'policyTypes', i], type, ['Egress', 'Ingress']);
  if (policyTypes.length > 2)
    v.invalid(['spec', 'policyTypes'], policyTypes, 'may not specify more than two policyTypes');
  ingress?.forEach((rule, i) => {
    checkPorts(rule.ports, ['spec', 'ingress', i, 'ports'], v);
    for (const [k, peer] of (rule.from ?? []).entries()) checkPeer(peer, ['spec', 'ingress', i, 'from', k], v);
  });
  egress?.forEach((rule, i) => {
    checkPorts(rule.ports, ['spec', 'egress', i, 'ports'], v);
    for (const [k, peer] of (rule.to ?? []).entries()) checkPeer(peer, ['spec', 'egress', i, 'to', k], v);
  });
  const byDefault: NetworkPolicy['spec']['policyTypes'] =
    (egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  const withProtocol = <T extends { ports?: Raw<NetworkPolicyPort>[] }>(rule: T) =>
    rule.ports === undefined ? rule : { ...rule, ports: rule.ports.map((port) => ({ protocol: 'TCP', ...port })) };
  return {
    ...readHead('NetworkPolicy', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: {
      podSelector: readSelector(spec.podSelector, ['spec', 'podSelector'], v) ?? {},
      policyTypes: policyTypes.length > 0 ? policyTypes : byDefault,
      ...(ingress && { ingress: ingress.map(withProtocol) as NonNullable<NetworkPolicy['spec']['ingress']> }),
      ...(egress && { egress: egress.map(withProtocol) as NonNullable<NetworkPolicy['spec']['egress']> }),
    },
  };
}

function checkPorts(ports: Raw<NetworkPolicyPort>[] = [], path: Path, v: Validation): void {
  ports.forEach(({ protocol, port, endPort }, i) => {
    v.oneOf([...path, i, 'protocol'], protocol, PROTOCOLS);
    if (typeof port === 'number') v.port([...path, i, 'port'], port);
    else if (port !== undefined) checkPortName(v, [...path, i, 'port'], port);
    if (endPort === undefined) return;
    if (port === undefined) v.required([...path, i, 'port'], 'must be specified when `endPort` is specified');
    else if (typeof port === 'string') {
      v.invalid([...path, i, 'endPort'], endPort, 'may not be specified when `port` is non-numeric');
    } else if (endPort < port) v.invalid([...path, i, 'endPort'], endPort, 'must be greater than or equal to `port`');
    v.port([...path, i, 'endPort'], endPort);
  });
}

function checkPeer(peer: Raw<NetworkPolicyPeer>, path: Path, v: Validation): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (!podSelector && !namespaceSelector && !ipBlock) v.required(path, 'must specify a peer');
  readSelector(podSelector, [...path, 'podSelector'], v);
  readSelector(namespaceSelector, [...path, 'namespaceSelector'], v);
  if (ipBlock === undefined) return;
  if (podSelector || namespaceSelector) v.forbidden(path, 'may not specify both ipBlock and another peer');
  const { cidr = '', except = [] } = ipBlock;
  if (cidr === '') v.required([...path, 'ipBlock', 'cidr']);
  else if (!isCIDR(cidr)) {
    v.invalid([...path, 'ipBlock', 'cidr'], cidr, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
  }
  except.forEach((block, i) => {
    const at = [...path, 'ipBlock', 'except', i];
    if (!isCIDR(block)) v.invalid(at, block, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
    else if (isCIDR(cidr) && !liesIn(block, cidr)) v.invalid(at, block, 'must be a strict subset of `cidr`');
  });
}

function liesIn(block: string, cidr: string): boolean {
  const [address, bits] = block.split('/') as [string, string];
  return Number(bits) > Number(cidr.split('/')[1]) && inCIDR(address, cidr);
}

export function readIngress(raw: Raw<Ingress>, v: Validation, namespace: string): Ingress {
  const spec = raw.spec ?? {};
  if (spec.defaultBackend === undefined && (spec.rules ?? []).length === 0) {
    v.invalid(['spec'], spec, 'either `defaultBackend` or `rules` must be specified');
  }
  checkBackend(spec.defaultBackend, ['spec', 'defaultBackend'], v);
  spec.rules?.forEach(({ http }, i) => {
    const at = ['spec', 'rules', i, 'http', 'paths'];
    if (http !== undefined && (http.paths ?? []).length === 0) v.required(at);
    http?.paths?.forEach(({ path, pathType, backend }, k) => {
      if (pathType === undefined) v.required([...at, k, 'pathType'], 'pathType must be specified');
      else v.oneOf([...at, k, 'pathType'], pathType, ['Exact', 'ImplementationSpecific', 'Prefix']);
      if (pathType !== 'ImplementationSpecific' && !path?.startsWith('/')) {
        v.invalid([...at, k, 'path'], path ?? '', 'must be an absolute path');
      }
      if (backend === undefined) v.required([...at, k, 'backend']);
      checkBackend(backend, [...at, k, 'backend'], v);
    });
  });
  return {
    ...readHead('Ingress', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: spec as Ingress['spec'],
    status: { loadBalancer: (raw.status?.loadBalancer ?? {}) as Ingress['status']['loadBalancer'] },
  };
}

function checkBackend(backend: Raw<IngressBackend> | undefined, path: Path, v: Validation): void {
  const service = backend?.service;
  if (service === undefined) return;
  if (!service.name) v.required([...path, 'service', 'name']);
  const { name, number } = service.port ?? {};
  if (name === undefined && number === undefined) {
    v.required([...path, 'service', 'port'], 'port name or number is required');
  }
  if (name && number) v.invalid(path, '', 'cannot set both port name & port number');
  if (number !== undefined) v.port([...path, 'service', 'port', 'number'], number);
}

export function readIngressClass(raw: Raw<IngressClass>, v: Validation): IngressClass {
  return {
    ...readHead('IngressClass', raw.metadata, DNS_1123_SUBDOMAIN, '', v),
    spec: { ...(raw.spec as IngressClass['spec']), controller: raw.spec?.controller ?? '' },
  };
}

/** @source gateway-api v1 gateway_types.go */
export function readGateway(raw: Raw<Gateway>, v: Validation, namespace: string): Gateway {
  const spec = raw.spec ?? {};
  if (!spec.gatewayClassName) v.required(['spec', 'gatewayClassName']);
  if ((spec.listeners ?? []).length === 0) v.required(['spec', 'listeners']);
  const names = new Set<string>();
  spec.listeners?.forEach(({ name, port, protocol }, i) => {
    if (!name) v.required(['spec', 'listeners', i, 'name']);
    else if (names.has(name)) {
      v.invalid(['spec', 'listeners', i, 'name'], name, 'Listener name must be unique within the Gateway');
    }
    names.add(name ?? '');
    if (port === undefined) v.required(['spec', 'listeners', i, 'port']);
    else v.port(['spec', 'listeners', i, 'port'], port);
    if (!protocol) v.required(['spec', 'listeners', i, 'protocol']);
  });
  return {
    ...readHead('Gateway', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: spec as Gateway['spec'],
    status: (raw.status ?? {}) as Gateway['status'],
  };
}

/** An HTTPRoute; a rule without matches matches every path, a backend weighs 1. @source gateway-api v1 httproute_types.go */
export function readHTTPRoute(raw: Raw<HTTPRoute>, v: Validation, namespace: string): HTTPRoute {
  const spec = raw.spec ?? {};
  const rules = spec.rules ?? [{}];
  rules.forEach(({ backendRefs = [], matches = [] }, i) => {
    matches.forEach(({ path }, k) => {
      const at = ['spec', 'rules', i, 'matches', k, 'path'];
      v.oneOf([...at, 'type'], path?.type, ['Exact', 'PathPrefix', 'RegularExpression']);
      if (path?.value !== undefined && path.type !== 'RegularExpression' && !path.value.startsWith('/')) {
        const detail = "value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']";
        v.invalid([...at, 'value'], path.value, detail);
      }
    });
    backendRefs.forEach(({ name, port, kind = 'Service' }, k) => {
      if (!name) v.required(['spec', 'rules', i, 'backendRefs', k, 'name']);
      if (kind === 'Service' && port === undefined) v.required(['spec', 'rules', i, 'backendRefs', k, 'port']);
    });
  });
  return {
    ...readHead('HTTPRoute', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: {
      ...(spec as HTTPRoute['spec']),
      rules: rules.map(({ matches, backendRefs, ...rest }) => ({
        ...rest,
        matches: (matches ?? [
          { path: { type: 'PathPrefix', value: '/' } },
        ]) as HTTPRoute['spec']['rules'][number]['matches'],
        ...(backendRefs && { backendRefs: backendRefs.map((ref) => ({ weight: 1, ...ref })) }),
      })) as HTTPRoute['spec']['rules'],
    },
  };
}
