import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL } from '../../cluster/api/endpoint-slice.ts';
import type { Labels } from '../../cluster/api/meta.ts';
import type { Service } from '../../cluster/api/service.ts';

const HEADLESS_LABEL = 'service.kubernetes.io/headless';

const RESERVED: ReadonlySet<string> = new Set([HEADLESS_LABEL, SERVICE_NAME_LABEL, MANAGED_BY_LABEL]);

/** What the EndpointSlice controller writes into `managed-by`. */
export const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io';

/**
 * The labels of a Service's slices: the Service's own, but for the three that the controller keeps for itself.
 * @source staging/src/k8s.io/endpointslice/utils.go setEndpointSliceLabels
 */
export function sliceLabels({ metadata, spec }: Service): Labels {
  const labels: Record<string, string> = { ...metadata.labels };
  delete labels[HEADLESS_LABEL];
  if (!spec.clusterIP || spec.clusterIP === 'None') labels[HEADLESS_LABEL] = '';
  labels[SERVICE_NAME_LABEL] = metadata.name;
  labels[MANAGED_BY_LABEL] = SLICE_CONTROLLER;
  return labels;
}

/**
 * Must a slice be written for the sake of its labels? Only where the Service's own have changed: a difference in the
 * controller's three alone waits for the next write.
 */
export function labelsChanged(old: Labels, wanted: Labels): boolean {
  const own = (labels: Labels) => Object.keys(labels).filter((key) => !RESERVED.has(key));
  const keys = own(old);
  return keys.length !== own(wanted).length || keys.some((key) => old[key] !== wanted[key]);
}
