import type { PodTemplate } from '../../cluster/api/pod.ts';
import type { Deployment } from '../../cluster/api/workloads.ts';
import type { ControlContext } from '../context.ts';
import { REVISION } from './deployment-controller.ts';

/**
 * What a Deployment's Pods were made from before: of its ReplicaSets' templates the one of the second highest revision.
 * @source kubectl pkg/polymorphichelpers/rollback.go; it takes the label of the ReplicaSet out of the template
 */
export function previousTemplate({ index }: ControlContext, { metadata }: Deployment): PodTemplate | undefined {
  const revision = (set: { metadata: { annotations: Record<string, string> } }) =>
    Number(set.metadata.annotations[REVISION] ?? 0);
  const sets = [...index.replicaSetsByController.get(metadata.uid)].sort((a, b) => revision(b) - revision(a));
  const template = sets[1]?.spec.template;
  if (template === undefined) return undefined;
  const { 'pod-template-hash': _, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}
