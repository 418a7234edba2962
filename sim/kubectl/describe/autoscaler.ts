import type { HorizontalPodAutoscaler, MetricSpec, ScalingRules } from '../../cluster/api/autoscaling.ts';
import { metricText } from '../columns/autoscaling.ts';
import type { Sheet } from './sheet.ts';
import { formatRFC1123 } from './time.ts';

/** @source kubectl pkg/describe/describe.go describeHorizontalPodAutoscalerV2 */
export function describeAutoscaler(hpa: HorizontalPodAutoscaler, sheet: Sheet): void {
  const { metadata, spec, status } = hpa;
  sheet.head(hpa);
  sheet.metadata(hpa);
  sheet.field('CreationTimestamp', formatRFC1123(metadata.creationTimestamp));
  sheet.field('Reference', `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`);
  sheet.field('Metrics', '( current / target )');
  spec.metrics.forEach((metric, i) => {
    const text = metricText(metric, status.currentMetrics[i]).replace(/^[^:/]*: /, '');
    sheet.field(metricName(metric), text.replace('/', ' / '), 1);
  });
  sheet.field('Min replicas', spec.minReplicas);
  sheet.field('Max replicas', spec.maxReplicas);
  if (spec.behavior !== undefined) {
    sheet.field('Behavior');
    rules('Scale Up', spec.behavior.scaleUp, sheet);
    rules('Scale Down', spec.behavior.scaleDown, sheet);
  }
  sheet.field(
    `${spec.scaleTargetRef.kind} pods`,
    `${status.currentReplicas} current / ${status.desiredReplicas} desired`,
  );
  if (status.conditions.length > 0) {
    const rows = status.conditions.map(({ type, status, reason = '', message = '' }) => [
      type,
      status,
      reason,
      message,
    ]);
    sheet.table('Conditions', ['Type', 'Status', 'Reason', 'Message'], rows);
  }
  sheet.events(hpa);
}

function metricName({ type, resource, containerResource, pods, object, external }: MetricSpec): string {
  const asks = (resource ?? containerResource)?.target.averageUtilization !== undefined;
  if (resource) return `resource ${resource.name} on pods${asks ? '  (as a percentage of request)' : ''}`;
  if (containerResource)
    return `resource ${containerResource.name} of container "${containerResource.container}" on pods`;
  if (pods) return `"${pods.metric.name}" on pods`;
  if (object) return `"${object.metric.name}" on ${object.describedObject.kind}/${object.describedObject.name}`;
  return external ? `"${external.metric.name}"` : type;
}

function rules(
  label: string,
  { stabilizationWindowSeconds, selectPolicy, policies }: ScalingRules,
  sheet: Sheet,
): void {
  sheet.field(label, '', 1);
  sheet.field('Stabilization Window', `${stabilizationWindowSeconds} seconds`, 2);
  sheet.field('Select Policy', selectPolicy, 2);
  sheet.field('Policies', '', 2);
  for (const { type, value, periodSeconds } of policies) {
    sheet.line(`- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`, 3);
  }
}
