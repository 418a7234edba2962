import type { Pod, PodPhase, PodSpec, PodStatus, PodTemplate, Toleration } from '../../cluster/api/pod.ts';
import { familyOf } from '../../cluster/ip.ts';
import type { Path } from '../tree.ts';
import { checkInitContainer, checkInPod, readContainer } from './container.ts';
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
  const grace = raw.terminationGracePeriodSeconds ?? 30;
  const hostNetwork = raw.hostNetwork ?? false;
  for (const [i, container] of containers.entries()) {
    checkInPod(container, { grace, hostNetwork }, [...path, 'containers', i], v);
  }
  for (const [i, container] of initContainers.entries()) {
    checkInitContainer(container, [...path, 'initContainers', i], v);
  }
  for (const [i, toleration] of (raw.tolerations ?? []).entries()) {
    checkToleration(toleration, [...path, 'tolerations', i], v);
  }
  checkAffinity(raw.affinity, [...path, 'affinity'], v);
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

/** @source validation.go ValidateTolerations */
function checkToleration(
  { key, operator, value, effect, tolerationSeconds }: Raw<Toleration>,
  path: Path,
  v: Validation,
): void {
  v.oneOf([...path, 'operator'], operator || 'Equal', ['Equal', 'Exists']);
  v.oneOf([...path, 'effect'], effect || 'NoExecute', ['NoExecute', 'NoSchedule', 'PreferNoSchedule']);
  if (!key && operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    v.invalid([...path, 'operator'], operator ?? '', detail);
  }
  if (operator === 'Exists' && value) {
    v.invalid([...path, 'value'], value, "value must be empty when `operator` is 'Exists'");
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    v.invalid([...path, 'effect'], effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set");
  }
}

/** @source validation.go validatePodAffinityTerm */
function checkAffinity(affinity: Raw<PodSpec>['affinity'], path: Path, v: Validation): void {
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const required = 'requiredDuringSchedulingIgnoredDuringExecution';
    const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
    const terms = [
      ...(affinity?.[kind]?.[required] ?? []).map((term, i) => ({ term, at: [...path, kind, required, i] })),
      ...(affinity?.[kind]?.[preferred] ?? []).map(({ podAffinityTerm: term = {} }, i) => ({
        term,
        at: [...path, kind, preferred, i, 'podAffinityTerm'],
      })),
    ];
    for (const { term, at } of terms) if (!term.topologyKey) v.required([...at, 'topologyKey'], 'can not be empty');
  }
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
