import type { IntOrString, LabelSelector, Labels } from '../../cluster/api/meta.ts';
import type { PodTemplate } from '../../cluster/api/pod.ts';
import type { DaemonSet, Deployment, Job, ReplicaSet, StatefulSet } from '../../cluster/api/workloads.ts';
import { selectorMatches } from '../../cluster/selector.ts';
import type { Path } from '../tree.ts';
import { type Raw, readHead, readSelector } from './metadata.ts';
import { DNS_1123_SUBDOMAIN } from './names.ts';
import { readTemplate } from './pod.ts';
import type { Validation } from './validation.ts';

/**
 * A Deployment with Kubernetes' defaults: 1 replica, RollingUpdate with 25 % surge and 25 % unavailable.
 * @source k8s.io/kubernetes pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go
 */
export function readDeployment(raw: Raw<Deployment>, v: Validation, namespace: string): Deployment {
  const spec = raw.spec ?? {};
  const rolling = spec.strategy?.rollingUpdate;
  const type = spec.strategy?.type ?? 'RollingUpdate';
  v.atLeast(['spec', 'replicas'], spec.replicas, 0);
  v.atLeast(['spec', 'minReadySeconds'], spec.minReadySeconds, 0);
  const deadline = spec.progressDeadlineSeconds ?? 600;
  v.atLeast(['spec', 'progressDeadlineSeconds'], deadline, 0);
  if (deadline <= (spec.minReadySeconds ?? 0)) {
    v.invalid(['spec', 'progressDeadlineSeconds'], deadline, 'must be greater than minReadySeconds');
  }
  v.oneOf(['spec', 'strategy', 'type'], type, ['Recreate', 'RollingUpdate']);
  if (type === 'Recreate' && rolling !== undefined) {
    v.forbidden(['spec', 'strategy', 'rollingUpdate'], "may not be specified when strategy `type` is 'Recreate'");
  }
  const path = ['spec', 'strategy', 'rollingUpdate'];
  const template = readTemplate(spec.template, ['spec', 'template'], v);
  checkRestartPolicy(template, v);
  return {
    ...readHead('Deployment', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: {
      ...(spec as Deployment['spec']),
      replicas: spec.replicas ?? 1,
      selector: selectorOf(spec.selector, template.metadata.labels, 'deployment', v),
      template,
      strategy:
        type === 'Recreate' ? { type } : { type, rollingUpdate: readRollingUpdate(rolling, ['25%', '25%'], path, v) },
      minReadySeconds: spec.minReadySeconds ?? 0,
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      progressDeadlineSeconds: deadline,
      paused: spec.paused ?? false,
    },
    status: {
      observedGeneration: 0,
      replicas: 0,
      updatedReplicas: 0,
      readyReplicas: 0,
      availableReplicas: 0,
      unavailableReplicas: 0,
      conditions: [],
      ...(raw.status as Partial<Deployment['status']>),
    },
  };
}

export function readReplicaSet(raw: Raw<ReplicaSet>, v: Validation, namespace: string): ReplicaSet {
  const spec = raw.spec ?? {};
  v.atLeast(['spec', 'replicas'], spec.replicas, 0);
  const template = readTemplate(spec.template, ['spec', 'template'], v);
  checkRestartPolicy(template, v);
  return {
    ...readHead('ReplicaSet', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: {
      replicas: spec.replicas ?? 1,
      selector: selectorOf(spec.selector, template.metadata.labels, 'replicaset', v),
      template,
      minReadySeconds: spec.minReadySeconds ?? 0,
    },
    status: {
      observedGeneration: 0,
      replicas: 0,
      fullyLabeledReplicas: 0,
      readyReplicas: 0,
      availableReplicas: 0,
      conditions: [],
      ...(raw.status as Partial<ReplicaSet['status']>),
    },
  };
}

/** A StatefulSet with Kubernetes' defaults: one Pod after the other, RollingUpdate down to ordinal 0. */
export function readStatefulSet(raw: Raw<StatefulSet>, v: Validation, namespace: string): StatefulSet {
  const spec = raw.spec ?? {};
  v.atLeast(['spec', 'replicas'], spec.replicas, 0);
  const management = spec.podManagementPolicy ?? 'OrderedReady';
  v.oneOf(['spec', 'podManagementPolicy'], management, ['OrderedReady', 'Parallel']);
  const type = spec.updateStrategy?.type ?? 'RollingUpdate';
  v.oneOf(['spec', 'updateStrategy', 'type'], type, ['OnDelete', 'RollingUpdate']);
  const rolling = spec.updateStrategy?.rollingUpdate;
  v.atLeast(['spec', 'updateStrategy', 'rollingUpdate', 'partition'], rolling?.partition, 0);
  const template = readTemplate(spec.template, ['spec', 'template'], v);
  checkRestartPolicy(template, v);
  return {
    ...readHead('StatefulSet', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: {
      ...(spec as StatefulSet['spec']),
      replicas: spec.replicas ?? 1,
      selector: selectorOf(spec.selector, template.metadata.labels, 'statefulset', v),
      template,
      serviceName: spec.serviceName ?? '',
      podManagementPolicy: management,
      updateStrategy: type === 'OnDelete' ? { type } : { type, rollingUpdate: { partition: 0, ...rolling } },
      minReadySeconds: spec.minReadySeconds ?? 0,
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    },
    status: {
      observedGeneration: 0,
      replicas: 0,
      readyReplicas: 0,
      currentReplicas: 0,
      updatedReplicas: 0,
      availableReplicas: 0,
      currentRevision: '',
      updateRevision: '',
      conditions: [],
      ...(raw.status as Partial<StatefulSet['status']>),
    },
  };
}

/** A DaemonSet with Kubernetes' defaults: RollingUpdate, one Pod unavailable at a time. */
export function readDaemonSet(raw: Raw<DaemonSet>, v: Validation, namespace: string): DaemonSet {
  const spec = raw.spec ?? {};
  const type = spec.updateStrategy?.type ?? 'RollingUpdate';
  v.oneOf(['spec', 'updateStrategy', 'type'], type, ['OnDelete', 'RollingUpdate']);
  const path = ['spec', 'updateStrategy', 'rollingUpdate'];
  const rolling = spec.updateStrategy?.rollingUpdate;
  const template = readTemplate(spec.template, ['spec', 'template'], v);
  checkRestartPolicy(template, v);
  const countOf = (value: unknown) => Number.parseInt(String(value), 10);
  if (countOf(rolling?.maxSurge ?? 0) > 0 && countOf(rolling?.maxUnavailable ?? 1) > 0) {
    v.invalid([...path, 'maxSurge'], rolling!.maxSurge, 'may not be set when maxUnavailable is non-zero');
  }
  return {
    ...readHead('DaemonSet', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: {
      selector: selectorOf(spec.selector, template.metadata.labels, 'daemonset', v),
      template,
      updateStrategy:
        type === 'OnDelete' ? { type } : { type, rollingUpdate: readRollingUpdate(rolling, [0, 1], path, v) },
      minReadySeconds: spec.minReadySeconds ?? 0,
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    },
    status: {
      observedGeneration: 0,
      desiredNumberScheduled: 0,
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
      updatedNumberScheduled: 0,
      numberAvailable: 0,
      numberUnavailable: 0,
      conditions: [],
      ...(raw.status as Partial<DaemonSet['status']>),
    },
  };
}

/** A Job with Kubernetes' defaults: one Pod at a time, tried again six times. @source pkg/apis/batch/v1/defaults.go */
export function readJob(raw: Raw<Job>, v: Validation, namespace: string): Job {
  const spec = raw.spec ?? {};
  for (const field of ['parallelism', 'completions', 'backoffLimit', 'ttlSecondsAfterFinished'] as const) {
    v.atLeast(['spec', field], spec[field], 0);
  }
  const template = readTemplate(spec.template, ['spec', 'template'], v);
  if (spec.template?.spec?.restartPolicy === undefined || template.spec.restartPolicy === 'Always') {
    const path = ['spec', 'template', 'spec', 'restartPolicy'];
    v.required(path, 'valid values: "OnFailure", "Never"');
  }
  const neither = spec.parallelism === undefined && spec.completions === undefined;
  return {
    ...readHead('Job', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: {
      ...(spec as Job['spec']),
      parallelism: spec.parallelism ?? 1,
      ...((neither || spec.completions !== undefined) && { completions: spec.completions ?? 1 }),
      backoffLimit: spec.backoffLimit ?? 6,
      completionMode: spec.completionMode ?? 'NonIndexed',
      suspend: spec.suspend ?? false,
      template,
    },
    status: { active: 0, succeeded: 0, failed: 0, ready: 0, conditions: [], ...(raw.status as Partial<Job['status']>) },
  };
}

function checkRestartPolicy({ spec }: PodTemplate, v: Validation): void {
  if (spec.restartPolicy !== 'Always') {
    v.notSupported(['spec', 'template', 'spec', 'restartPolicy'], spec.restartPolicy, ['Always']);
  }
}

/** Of a workload: must be there, not empty, and match the template. */
function selectorOf(raw: Raw<LabelSelector> | undefined, labels: Labels, what: string, v: Validation): LabelSelector {
  const path = ['spec', 'selector'];
  const selector = readSelector(raw, path, v);
  if (selector === undefined) {
    v.required(path);
    return {};
  }
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) {
    v.invalid(path, selector, `empty selector is invalid for ${what}`);
  } else if (!selectorMatches(selector, labels)) {
    v.invalid(['spec', 'template', 'metadata', 'labels'], labels, '`selector` does not match template `labels`');
  }
  return selector;
}

/** @param defaults of maxSurge and maxUnavailable */
function readRollingUpdate(
  raw: { maxSurge?: IntOrString | undefined; maxUnavailable?: IntOrString | undefined } | undefined,
  defaults: readonly [IntOrString, IntOrString],
  path: Path,
  v: Validation,
): { maxSurge: IntOrString; maxUnavailable: IntOrString } {
  const maxSurge = readCount(raw?.maxSurge, defaults[0], [...path, 'maxSurge'], v);
  const maxUnavailable = readCount(raw?.maxUnavailable, defaults[1], [...path, 'maxUnavailable'], v);
  if (Number.parseInt(String(maxSurge), 10) === 0 && Number.parseInt(String(maxUnavailable), 10) === 0) {
    v.invalid([...path, 'maxUnavailable'], maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  } else if (/^\d{3,}%$/.test(String(maxUnavailable)) && maxUnavailable !== '100%') {
    v.invalid([...path, 'maxUnavailable'], maxUnavailable, 'must not be greater than 100%');
  }
  return { ...raw, maxSurge, maxUnavailable };
}

/** A number of Pods or a percentage. */
function readCount(value: IntOrString | undefined, byDefault: IntOrString, path: Path, v: Validation): IntOrString {
  if (typeof value === 'number') v.atLeast(path, value, 0);
  else if (value !== undefined && !/^[0-9]+%$/.test(value)) {
    v.invalid(
      path,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    );
  }
  return value ?? byDefault;
}
