import type { Pod, PodPhase, PodSpec, PodStatus, PodTemplate } from '../../cluster/api/pod.ts';
import { familyOf } from '../../cluster/ip.ts';
import type { Path } from '../tree.ts';
import { readContainer } from './container.ts';
import { type Raw, readHead } from './metadata.ts';
import { checkLabels, checkName, DNS_1123_LABEL, DNS_1123_SUBDOMAIN } from './names.ts';
import type { Validation } from './validation.ts';

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;

/** A Pod. One with a status is in that state at time 0; one without is scheduled and started like a new one. */
export function readPod(raw: Raw<Pod>, v: Validation, namespace: string): Pod {
  return {
    ...readHead('Pod', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: readPodSpec(raw.spec, ['spec'], v),
    status: readPodStatus(raw.status, v),
  };
}

/** Of a workload. */
export function readTemplate(raw: Raw<PodTemplate> = {}, path: Path, v: Validation): PodTemplate {
  const { labels, annotations } = raw.metadata ?? {};
  checkLabels(v, [...path, 'metadata', 'labels'], labels as Record<string, string> | undefined);
  return {
    metadata: { labels: labels ?? {}, annotations: annotations ?? {} } as PodTemplate['metadata'],
    spec: readPodSpec(raw.spec, [...path, 'spec'], v),
  };
}

/** Grace is 30 s, the restart policy Always and the DNS policy ClusterFirst where they are not given. */
function readPodSpec(raw: Raw<PodSpec> = {}, path: Path, v: Validation): PodSpec {
  const containers = raw.containers ?? [];
  const initContainers = raw.initContainers ?? [];
  if (containers.length === 0) v.required([...path, 'containers']);
  const names = new Set<string>();
  for (const [field, list] of [
    ['initContainers', initContainers],
    ['containers', containers],
  ] as const) {
    list.forEach(({ name }, i) => {
      if (name !== undefined && names.has(name)) v.duplicate([...path, field, i, 'name'], name);
      names.add(name ?? '');
    });
  }
  checkLabels(v, [...path, 'nodeSelector'], raw.nodeSelector as Record<string, string> | undefined);
  v.atLeast([...path, 'terminationGracePeriodSeconds'], raw.terminationGracePeriodSeconds, 0);
  v.oneOf([...path, 'restartPolicy'], raw.restartPolicy, ['Always', 'OnFailure', 'Never']);
  v.oneOf([...path, 'dnsPolicy'], raw.dnsPolicy, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']);
  if (raw.dnsPolicy === 'None' && (raw.dnsConfig?.nameservers ?? []).length === 0) {
    v.required(
      [...path, 'dnsConfig', 'nameservers'],
      'must provide at least one DNS nameserver when `dnsPolicy` is None',
    );
  }
  for (const field of ['hostname', 'subdomain'] as const) {
    if (raw[field]) checkName(v, [...path, field], raw[field], DNS_1123_LABEL);
  }
  raw.topologySpreadConstraints?.forEach((constraint, i) => {
    const at = [...path, 'topologySpreadConstraints', i];
    if (!constraint.topologyKey) v.required([...at, 'topologyKey'], 'can not be empty');
    if (!(Number(constraint.maxSkew) > 0))
      v.invalid([...at, 'maxSkew'], constraint.maxSkew ?? 0, 'must be greater than zero');
    v.oneOf([...at, 'whenUnsatisfiable'], constraint.whenUnsatisfiable ?? '', ['DoNotSchedule', 'ScheduleAnyway']);
  });
  const ports = containers
    .flatMap((container) => container.ports?.map((port) => port.name ?? '') ?? [])
    .filter((name) => name !== '');
  const read = (field: 'containers' | 'initContainers') =>
    (raw[field] ?? []).map((container, i) => readContainer(container, [...path, field, i], ports, v));
  return {
    ...(raw as PodSpec),
    containers: read('containers'),
    ...(raw.initContainers && { initContainers: read('initContainers') }),
    dnsPolicy: raw.dnsPolicy ?? 'ClusterFirst',
    enableServiceLinks: raw.enableServiceLinks ?? true,
    restartPolicy: raw.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: raw.terminationGracePeriodSeconds ?? 30,
  };
}

function readPodStatus(raw: Raw<PodStatus> = {}, v: Validation): PodStatus {
  v.oneOf(['status', 'phase'], raw.phase, PHASES);
  const podIPs = raw.podIPs ?? (raw.podIP ? [{ ip: raw.podIP }] : []);
  podIPs.forEach(({ ip }, i) => {
    if (ip === undefined || familyOf(ip) === null) {
      v.invalid(['status', 'podIPs', i], ip ?? '', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
    }
  });
  return {
    ...(raw as PodStatus),
    phase: (raw.phase ?? 'Pending') as PodPhase,
    conditions: (raw.conditions ?? []) as PodStatus['conditions'],
    ...(podIPs.length > 0 && { podIP: raw.podIP ?? podIPs[0]!.ip!, podIPs: podIPs as { ip: string }[] }),
  };
}
