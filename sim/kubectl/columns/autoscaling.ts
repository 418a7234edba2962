import type { HorizontalPodAutoscaler, MetricSpec, MetricTarget } from '../../cluster/api/autoscaling.ts';
import type { PodDisruptionBudget } from '../../cluster/api/policy.ts';
import { ageColumn, type Column, NONE, nameColumn, UNKNOWN } from '../printer.ts';

/** @source kubernetes pkg/printers/internalversion/printers.go printHorizontalPodAutoscaler */
export const autoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn(),
  { heading: 'REFERENCE', cell: ({ spec: { scaleTargetRef } }) => `${scaleTargetRef.kind}/${scaleTargetRef.name}` },
  { heading: 'TARGETS', cell: targets },
  { heading: 'MINPODS', cell: ({ spec }) => `${spec.minReplicas}` },
  { heading: 'MAXPODS', cell: ({ spec }) => `${spec.maxReplicas}` },
  { heading: 'REPLICAS', cell: ({ status }) => `${status.currentReplicas}` },
  ageColumn(),
];

/** @source printPodDisruptionBudget */
export const budgetColumns: readonly Column<PodDisruptionBudget>[] = [
  nameColumn(),
  { heading: 'MIN AVAILABLE', cell: ({ spec }) => `${spec.minAvailable ?? 'N/A'}` },
  { heading: 'MAX UNAVAILABLE', cell: ({ spec }) => `${spec.maxUnavailable ?? 'N/A'}` },
  { heading: 'ALLOWED DISRUPTIONS', cell: ({ status }) => `${status.disruptionsAllowed}` },
  ageColumn(),
];

/** Two metrics, and how many more: `cpu: 12%/80%, memory: <unknown>/1Gi + 1 more...`. */
function targets({ spec: { metrics }, status }: HorizontalPodAutoscaler): string {
  if (metrics.length === 0) return NONE;
  const texts = metrics.slice(0, 2).map((metric, i) => metricText(metric, status.currentMetrics[i]));
  return texts.join(', ') + (metrics.length > 2 ? ` + ${metrics.length - 2} more...` : '');
}

/** `cpu: 45%/50%`: what is, and what is aimed at. */
export function metricText(
  metric: MetricSpec,
  current: HorizontalPodAutoscaler['status']['currentMetrics'][number] | undefined,
): string {
  const { resource, containerResource, pods, object, external } = metric;
  const target = (resource ?? containerResource ?? pods ?? object ?? external)!.target;
  const name = resource?.name ?? containerResource?.name;
  const now = currentText(current, target);
  const suffix = target.averageValue !== undefined && (object || external) ? ' (avg)' : '';
  return `${name === undefined ? '' : `${name}: `}${now}/${targetText(target)}${suffix}`;
}

function targetText({ averageUtilization, averageValue, value }: MetricTarget): string {
  return averageUtilization === undefined ? `${averageValue ?? value ?? UNKNOWN}` : `${averageUtilization}%`;
}

function currentText(
  current: HorizontalPodAutoscaler['status']['currentMetrics'][number] | undefined,
  target: MetricTarget,
): string {
  const { averageUtilization } = current?.resource?.current ?? {};
  return averageUtilization === undefined || target.averageUtilization === undefined
    ? UNKNOWN
    : `${averageUtilization}%`;
}
