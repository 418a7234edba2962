import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricTarget,
  ScalingPolicy,
  ScalingRules,
} from '../../cluster/api/autoscaling.ts';
import type { Path } from '../tree.ts';
import { type Raw, readHead } from './metadata.ts';
import { DNS_1123_SUBDOMAIN } from './names.ts';
import type { Validation } from './validation.ts';

/** autoscaling/v1 has one metric, in a field of its own. */
type RawAutoscaler = Raw<HorizontalPodAutoscaler> & { spec?: { targetCPUUtilizationPercentage?: number } };

/** Of a behavior that names the other direction alone. @source k8s.io/kubernetes pkg/apis/autoscaling/v2/defaults.go; the 300 s are the controller manager's flag */
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

/** By metric type: the field that holds it. */
const SOURCES: Record<MetricSpec['type'], 'resource' | 'containerResource' | 'pods' | 'object' | 'external'> = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
};

/** An autoscaler; without metrics it holds CPU use at 80 % of the requests. */
export function readAutoscaler(raw: RawAutoscaler, v: Validation, namespace: string): HorizontalPodAutoscaler {
  const spec = raw.spec ?? {};
  const min = spec.minReplicas ?? 1;
  // 0 needs an Object or External metric. @source validation.go validateHorizontalPodAutoscalerSpec, gate HPAScaleToZero
  const scalesToZero = (spec.metrics ?? []).some(({ type }) => type === 'Object' || type === 'External');
  v.atLeast(['spec', 'minReplicas'], spec.minReplicas, scalesToZero ? 0 : 1);
  if (spec.maxReplicas === undefined) v.required(['spec', 'maxReplicas']);
  else if (spec.maxReplicas < 1) v.invalid(['spec', 'maxReplicas'], spec.maxReplicas, 'must be greater than 0');
  else if (spec.maxReplicas < min) {
    v.invalid(['spec', 'maxReplicas'], spec.maxReplicas, 'must be greater than or equal to `minReplicas`');
  }
  const { kind, name, apiVersion } = spec.scaleTargetRef ?? {};
  if (!kind) v.required(['spec', 'scaleTargetRef', 'kind']);
  if (!name) v.required(['spec', 'scaleTargetRef', 'name']);
  return {
    ...readHead('HorizontalPodAutoscaler', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: {
      scaleTargetRef: { ...(apiVersion && { apiVersion }), kind: kind ?? '', name: name ?? '' },
      minReplicas: min,
      maxReplicas: spec.maxReplicas ?? min,
      metrics: readMetrics(spec, v),
      ...(spec.behavior && {
        behavior: {
          scaleUp: readRules(spec.behavior.scaleUp, SCALE_UP, ['spec', 'behavior', 'scaleUp'], v),
          scaleDown: readRules(spec.behavior.scaleDown, SCALE_DOWN, ['spec', 'behavior', 'scaleDown'], v),
        },
      }),
    },
    status: {
      currentReplicas: 0,
      desiredReplicas: 0,
      currentMetrics: [],
      conditions: [],
      ...(raw.status as Partial<HorizontalPodAutoscaler['status']>),
    },
  };
}

function readMetrics(spec: NonNullable<RawAutoscaler['spec']>, v: Validation): MetricSpec[] {
  const metrics = spec.metrics ?? [];
  if (metrics.length === 0) return [cpuMetric(spec.targetCPUUtilizationPercentage ?? DEFAULT_CPU_UTILIZATION)];
  metrics.forEach((metric, i) => {
    const path: Path = ['spec', 'metrics', i];
    const { type } = metric;
    v.oneOf([...path, 'type'], type ?? '', Object.keys(SOURCES).sort());
    if (type === undefined || !Object.hasOwn(SOURCES, type)) return;
    const source = SOURCES[type];
    const given = metric[source];
    if (given === undefined) v.required([...path, source], 'must populate information for the given metric source');
    else checkTarget(given.target, [...path, source, 'target'], v);
  });
  return metrics as MetricSpec[];
}

function cpuMetric(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

function checkTarget(target: Raw<MetricTarget> | undefined, path: Path, v: Validation): void {
  if (target === undefined) return v.required(path, 'must specify a target');
  v.oneOf([...path, 'type'], target.type ?? '', ['AverageValue', 'Utilization', 'Value']);
  const { averageUtilization } = target;
  if (averageUtilization !== undefined && averageUtilization < 1)
    v.invalid([...path, 'averageUtilization'], averageUtilization, 'must be greater than 0');
}

function readRules(
  raw: Raw<ScalingRules> | undefined,
  defaults: ScalingRules,
  path: Path,
  v: Validation,
): ScalingRules {
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
    ...(raw.tolerance !== undefined && { tolerance: raw.tolerance }),
    stabilizationWindowSeconds: window ?? defaults.stabilizationWindowSeconds,
    selectPolicy: raw.selectPolicy ?? 'Max',
    policies: policies ?? defaults.policies,
  };
}
