import type { Deployment, Labels } from '../../cluster/objects.ts';
import { matches } from '../../cluster/selector.ts';
import type { Path } from '../tree.ts';
import { type RawMeta, type RawObject, readMeta } from './metadata.ts';
import { checkLabels, DNS_1123_SUBDOMAIN } from './names.ts';
import { type RawPodSpec, readPodSpec } from './pod.ts';
import type { Validation } from './validation.ts';

interface RawDeployment extends RawObject {
  spec?: {
    replicas?: number;
    selector?: { matchLabels?: Record<string, string>; matchExpressions?: unknown[] };
    template?: { metadata?: RawMeta; spec?: RawPodSpec };
    strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
    minReadySeconds?: number;
  };
}

/**
 * A Deployment with Kubernetes' defaults: 1 replica, RollingUpdate with 25 % surge and 25 % unavailable.
 * @source k8s.io/kubernetes pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go
 * @simplifies `matchExpressions` are accepted but Pods are found by `matchLabels`
 */
export function readDeployment(raw: RawDeployment, v: Validation, namespace: string): Deployment {
  const spec = raw.spec ?? {};
  const rolling = spec.strategy?.rollingUpdate;
  const type = spec.strategy?.type ?? 'RollingUpdate';
  v.atLeast(['spec', 'replicas'], spec.replicas, 0);
  v.atLeast(['spec', 'minReadySeconds'], spec.minReadySeconds, 0);
  v.oneOf(['spec', 'strategy', 'type'], type, ['Recreate', 'RollingUpdate']);
  if (type === 'Recreate' && rolling !== undefined) {
    v.forbidden(['spec', 'strategy', 'rollingUpdate'], "may not be specified when strategy `type` is 'Recreate'");
  }
  const maxSurge = readCount(rolling?.maxSurge, ['spec', 'strategy', 'rollingUpdate', 'maxSurge'], v);
  const maxUnavailable = readCount(rolling?.maxUnavailable, ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'], v);
  if (Number.parseInt(String(maxSurge), 10) === 0 && Number.parseInt(String(maxUnavailable), 10) === 0) {
    v.invalid(
      ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'],
      maxUnavailable,
      'may not be 0 when `maxSurge` is 0',
    );
  } else if (/^\d{3,}%$/.test(String(maxUnavailable)) && maxUnavailable !== '100%') {
    v.invalid(['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'], maxUnavailable, 'must not be greater than 100%');
  }
  const template = spec.template ?? {};
  const labels = template.metadata?.labels ?? {};
  checkLabels(v, ['spec', 'template', 'metadata', 'labels'], template.metadata?.labels);
  const podSpec = readPodSpec(template.spec, ['spec', 'template', 'spec'], v);
  if (podSpec.restartPolicy !== 'Always') {
    v.notSupported(['spec', 'template', 'spec', 'restartPolicy'], podSpec.restartPolicy, ['Always']);
  }
  return {
    kind: 'Deployment',
    metadata: readMeta(raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: {
      replicas: spec.replicas ?? 1,
      selector: readSelector(spec.selector, labels, v),
      template: { labels, annotations: template.metadata?.annotations ?? {}, spec: podSpec },
      strategy: type as 'RollingUpdate' | 'Recreate',
      maxSurge,
      maxUnavailable,
      minReadySeconds: spec.minReadySeconds ?? 0,
    },
    status: { replicas: 0, readyReplicas: 0, updatedReplicas: 0 },
  };
}

function readSelector(selector: NonNullable<RawDeployment['spec']>['selector'], labels: Labels, v: Validation): Labels {
  const path = ['spec', 'selector'];
  if (selector === undefined) {
    v.required(path);
    return {};
  }
  const { matchLabels = {}, matchExpressions = [] } = selector;
  checkLabels(v, [...path, 'matchLabels'], selector.matchLabels);
  if (matchExpressions.length > 0) {
    v.warning([...path, 'matchExpressions'], 'accepted; not simulated yet: Pods are found by matchLabels');
    return { ...labels, ...matchLabels };
  }
  if (Object.keys(matchLabels).length === 0) v.invalid(path, selector, 'empty selector is invalid for deployment');
  else if (!matches(matchLabels, labels)) {
    v.invalid(['spec', 'template', 'metadata', 'labels'], labels, '`selector` does not match template `labels`');
  }
  return matchLabels;
}

/** `maxSurge` or `maxUnavailable`: a number of Pods or a percentage, by default 25 %. */
function readCount(value: number | string | undefined, path: Path, v: Validation): number | string {
  if (typeof value === 'number') v.atLeast(path, value, 0);
  else if (value !== undefined && !/^[0-9]+%$/.test(value)) {
    v.invalid(
      path,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    );
  }
  return value ?? '25%';
}
