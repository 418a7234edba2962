import { parseIPv4 } from '../../cluster/address.ts';
import type { Protocol, Service, ServicePort } from '../../cluster/objects.ts';
import type { Path } from '../tree.ts';
import { type RawObject, readMeta } from './metadata.ts';
import { checkLabels, checkName, checkPortName, DNS_1035_LABEL, DNS_1123_LABEL } from './names.ts';
import { PROTOCOLS } from './pod.ts';
import type { Validation } from './validation.ts';

interface RawService extends RawObject {
  spec?: {
    type?: string;
    clusterIP?: string;
    externalName?: string;
    selector?: Record<string, string>;
    ports?: RawServicePort[];
    publishNotReadyAddresses?: boolean;
    sessionAffinity?: string;
    externalTrafficPolicy?: string;
    internalTrafficPolicy?: string;
  };
}

interface RawServicePort {
  name?: string;
  port?: number;
  targetPort?: number | string;
  protocol?: string;
  nodePort?: number;
}

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] as const;

/**
 * A Service with Kubernetes' defaults: type ClusterIP, protocol TCP, targetPort equal to port.
 * @source k8s.io/kubernetes pkg/apis/core/v1/defaults.go, pkg/apis/core/validation/validation.go, ValidateService
 */
export function readService(raw: RawService, v: Validation, namespace: string): Service {
  const spec = raw.spec ?? {};
  const type = (spec.type ?? 'ClusterIP') as Service['spec']['type'];
  v.oneOf(['spec', 'type'], type, TYPES);
  checkLabels(v, ['spec', 'selector'], spec.selector);
  const clusterIP = spec.clusterIP ?? '';
  if (clusterIP !== '' && clusterIP !== 'None' && !isAddress(clusterIP)) {
    v.invalid(['spec', 'clusterIP'], clusterIP, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  }
  if (clusterIP === 'None' && (type === 'NodePort' || type === 'LoadBalancer')) {
    v.invalid(['spec', 'clusterIPs', 0], 'None', `may not be set to 'None' for ${type} services`);
  }
  if (type === 'ExternalName' && !spec.externalName) v.required(['spec', 'externalName']);
  const rawPorts = spec.ports ?? [];
  if (rawPorts.length === 0 && clusterIP !== 'None' && type !== 'ExternalName') v.required(['spec', 'ports']);
  notSimulated(spec, v);
  return {
    kind: 'Service',
    metadata: readMeta(raw.metadata, DNS_1035_LABEL, namespace, v),
    spec: {
      type,
      clusterIP,
      selector: spec.selector ?? {},
      ports: readPorts(rawPorts, v),
      publishNotReadyAddresses: spec.publishNotReadyAddresses ?? false,
    },
  };
}

function readPorts(raw: RawServicePort[], v: Validation): ServicePort[] {
  const names = new Set<string>();
  const numbers = new Set<string>();
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
    if (nodePort !== undefined && nodePort !== 0 && (nodePort < 30000 || nodePort > 32767)) {
      v.invalid(
        [...path, 'nodePort'],
        nodePort,
        'provided port is not in the valid range. The range of valid ports is 30000-32767',
      );
    }
    return {
      name,
      port,
      targetPort: targetPort ?? port,
      protocol: protocol as Protocol,
      ...(nodePort && { nodePort }),
    };
  });
}

/** Fields that change where traffic goes, but that no model reads yet. */
function notSimulated(spec: NonNullable<RawService['spec']>, v: Validation): void {
  v.oneOf(['spec', 'sessionAffinity'], spec.sessionAffinity, ['ClientIP', 'None']);
  v.oneOf(['spec', 'internalTrafficPolicy'], spec.internalTrafficPolicy, ['Cluster', 'Local']);
  v.oneOf(['spec', 'externalTrafficPolicy'], spec.externalTrafficPolicy, ['Cluster', 'Local']);
  if (spec.sessionAffinity === 'ClientIP') v.warning(['spec', 'sessionAffinity'], 'accepted; not simulated yet');
  if (spec.internalTrafficPolicy === 'Local')
    v.warning(['spec', 'internalTrafficPolicy'], 'accepted; not simulated yet');
  if (spec.externalTrafficPolicy === 'Local')
    v.warning(['spec', 'externalTrafficPolicy'], 'accepted; not simulated yet');
}

function isAddress(text: string): boolean {
  if (/^[\da-f:]*:[\da-f:.]*$/i.test(text)) return true;
  try {
    parseIPv4(text);
    return true;
  } catch {
    return false;
  }
}
