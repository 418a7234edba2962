import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL } from '../../cluster/api/endpoint-slice.ts';
import type { Labels } from '../../cluster/api/meta.ts';
import type { Service } from '../../cluster/api/service.ts';

const HEADLESS_LABEL = 'service.kubernetes.io/headless';

/** What the EndpointSlice controller writes into `managed-by`. */
export const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io';

/**
 * The labels of a Service's slices: the Service's own, but for the three that the controller keeps for itself.
 * @source staging/src/k8s.io/endpointslice/utils.go setEndpointSliceLabels
 */
export function sliceLabels({ metadata, spec }: Service): Labels {
  const labels: Record<string, string> = { ...metadata.labels };
  delete labels[HEADLESS_LABEL];
  if (spec.clusterIP === 'None') labels[HEADLESS_LABEL] = '';
  labels[SERVICE_NAME_LABEL] = metadata.name;
  labels[MANAGED_BY_LABEL] = SLICE_CONTROLLER;
  return labels;
}

export function sameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
