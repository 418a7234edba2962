import type { HorizontalPodAutoscaler, ScalingPolicy, ScalingRules } from '../../cluster/objects.ts';
import type { Path } from '../tree.ts';
import { type RawObject, readMeta } from './metadata.ts';
import { DNS_1123_SUBDOMAIN } from './names.ts';
import type { Validation } from './validation.ts';

interface RawAutoscaler extends RawObject {
  spec?: {
    scaleTargetRef?: { kind?: string; name?: string };
    minReplicas?: number;
    maxReplicas?: number;
    metrics?: RawMetric[];
    /** In autoscaling/v1 alone. */
    targetCPUUtilizationPercentage?: number;
    behavior?: { scaleUp?: RawRules; scaleDown?: RawRules };
  };
}

interface RawMetric {
  type?: string;
  resource?: { name?: string; target?: { type?: string; averageUtilization?: number } };
}

interface RawRules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: string;
  policies?: { type?: string; value?: number; periodSeconds?: number }[];
}

/** @source k8s.io/kubernetes pkg/apis/autoscaling/v2/defaults.go; the 300 s are the controller manager's flag */
const SCALE_UP: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const SCALE_DOWN: ScalingRules = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};
const DEFAULT_CPU_UTILIZATION = 80;

/**
 * An autoscaler (autoscaling/v2 or v1) of a Deployment by the CPU use of its Pods.
 * @returns null, with a warning, where it scales something else or by something else
 * @simplifies other metrics than CPU `averageUtilization` are ignored: Kubernetes takes the largest answer of all metrics,
 *   so the simulation has at most as many replicas
 */
export function readAutoscaler(raw: RawAutoscaler, v: Validation, namespace: string): HorizontalPodAutoscaler | null {
  const spec = raw.spec ?? {};
  const metadata = readMeta(raw.metadata, DNS_1123_SUBDOMAIN, namespace, v);
  const min = spec.minReplicas ?? 1;
  v.atLeast(['spec', 'minReplicas'], spec.minReplicas, 1);
  if (spec.maxReplicas === undefined) v.required(['spec', 'maxReplicas']);
  else if (spec.maxReplicas < 1) v.invalid(['spec', 'maxReplicas'], spec.maxReplicas, 'must be greater than 0');
  else if (spec.maxReplicas < min) {
    v.invalid(['spec', 'maxReplicas'], spec.maxReplicas, 'must be greater than or equal to `minReplicas`');
  }
  const { kind, name } = spec.scaleTargetRef ?? {};
  if (!kind) v.required(['spec', 'scaleTargetRef', 'kind']);
  if (!name) v.required(['spec', 'scaleTargetRef', 'name']);
  const scaleUp = readRules(spec.behavior?.scaleUp, SCALE_UP, ['spec', 'behavior', 'scaleUp'], v);
  const scaleDown = readRules(spec.behavior?.scaleDown, SCALE_DOWN, ['spec', 'behavior', 'scaleDown'], v);
  const isV1 = raw.apiVersion === 'autoscaling/v1';
  const target = isV1 ? (spec.targetCPUUtilizationPercentage ?? DEFAULT_CPU_UTILIZATION) : readTarget(spec.metrics, v);
  if (kind && kind !== 'Deployment') {
    v.warning(['spec', 'scaleTargetRef', 'kind'], `accepted; scaling a ${kind} is not simulated yet`);
    return null;
  }
  if (target === null) return null;
  return {
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      target: name ?? '',
      minReplicas: min,
      maxReplicas: spec.maxReplicas ?? min,
      targetCPUUtilization: target,
      scaleUp,
      scaleDown,
    },
    status: { desiredReplicas: 0, currentUtilization: 0 },
  };
}

/** Percent of the CPU requests; null, with a warning, if no metric is one that is simulated. */
function readTarget(metrics: RawMetric[] = [], v: Validation): number | null {
  if (metrics.length === 0) return DEFAULT_CPU_UTILIZATION;
  let found: number | null = null;
  metrics.forEach(({ type, resource }, i) => {
    const path: Path = ['spec', 'metrics', i];
    v.oneOf([...path, 'type'], type ?? '', ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']);
    if (type === 'Resource' && resource === undefined)
      v.required([...path, 'resource'], 'must populate information for the given metric source');
    const utilization = resource?.target?.averageUtilization;
    if (utilization !== undefined && utilization < 1) {
      v.invalid([...path, 'resource', 'target', 'averageUtilization'], utilization, 'must be greater than 0');
    }
    if (type === 'Resource' && resource?.name === 'cpu' && utilization !== undefined) found = utilization;
    else v.warning(path, 'accepted; only the CPU resource with averageUtilization is simulated yet');
  });
  return found;
}

function readRules(raw: RawRules | undefined, defaults: ScalingRules, path: Path, v: Validation): ScalingRules {
  if (raw === undefined) return defaults;
  const window = raw.stabilizationWindowSeconds;
  v.atLeast([...path, 'stabilizationWindowSeconds'], window, 0);
  if ((window ?? 0) > 3600)
    v.invalid([...path, 'stabilizationWindowSeconds'], window, 'must be less than or equal to 3600');
  v.oneOf([...path, 'selectPolicy'], raw.selectPolicy, ['Disabled', 'Max', 'Min']);
  if (raw.policies?.length === 0) v.required([...path, 'policies'], 'must specify at least one Policy');
  const policies = raw.policies?.map(({ type, value = 0, periodSeconds = 0 }, i): ScalingPolicy => {
    const policy = [...path, 'policies', i];
    v.oneOf([...policy, 'type'], type ?? '', ['Percent', 'Pods']);
    if (value <= 0) v.invalid([...policy, 'value'], value, 'must be greater than zero');
    if (periodSeconds <= 0) v.invalid([...policy, 'periodSeconds'], periodSeconds, 'must be greater than zero');
    if (periodSeconds > 1800)
      v.invalid([...policy, 'periodSeconds'], periodSeconds, 'must be less than or equal to 1800');
    return { type: type as ScalingPolicy['type'], value, periodSeconds };
  });
  return {
    stabilizationWindowSeconds: window ?? defaults.stabilizationWindowSeconds,
    selectPolicy: (raw.selectPolicy ?? 'Max') as ScalingRules['selectPolicy'],
    policies: policies ?? defaults.policies,
  };
}
