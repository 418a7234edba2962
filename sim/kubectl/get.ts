import type { Kind, KindMap } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import { autoscalerColumns, budgetColumns } from './columns/autoscaling.ts';
import { configMapColumns, namespaceColumns } from './columns/core.ts';
import {
  gatewayColumns,
  httpRouteColumns,
  ingressClassColumns,
  ingressColumns,
  networkPolicyColumns,
} from './columns/networking.ts';
import { nodeColumns } from './columns/nodes.ts';
import { podColumns } from './columns/pods.ts';
import { endpointSliceColumns, endpointsColumns, serviceColumns } from './columns/services.ts';
import {
  daemonSetColumns,
  deploymentColumns,
  jobColumns,
  replicaSetColumns,
  statefulSetColumns,
} from './columns/workloads.ts';
import { qualifiedName } from './kinds.ts';
import { type Column, formatLabels } from './printer.ts';
import type { Found } from './query.ts';
import type { Snapshot } from './snapshot.ts';
import { alignTabs, GET_TABS } from './tab-writer.ts';

const COLUMNS: { readonly [K in Kind]: readonly Column<KindMap[K]>[] } = {
  Pod: podColumns,
  Service: serviceColumns,
  DaemonSet: daemonSetColumns,
  Deployment: deploymentColumns,
  ReplicaSet: replicaSetColumns,
  StatefulSet: statefulSetColumns,
  HorizontalPodAutoscaler: autoscalerColumns,
  Job: jobColumns,
  EndpointSlice: endpointSliceColumns,
  Endpoints: endpointsColumns,
  Node: nodeColumns,
  Namespace: namespaceColumns,
  ConfigMap: configMapColumns,
  PodDisruptionBudget: budgetColumns,
  NetworkPolicy: networkPolicyColumns,
  Ingress: ingressColumns,
  IngressClass: ingressClassColumns,
  Gateway: gatewayColumns,
  HTTPRoute: httpRouteColumns,
};

export interface TableOptions {
  wide: boolean;
  showLabels: boolean;
  /** A column NAMESPACE comes first. */
  showNamespace: boolean;
  /** Names with their kind: `pod/web-0`, as where several kinds are printed. */
  showKind: boolean;
}

/** The table of one resource, without its last line's end. Columns that are kubectl's come first and as it prints them. */
export function printTable({ resource, objects }: Found, snapshot: Snapshot, options: TableOptions): string {
  const { wide, showLabels, showNamespace, showKind } = options;
  const columns = (COLUMNS[resource.kind] as readonly Column<KubernetesObject>[]).filter(
    (column) => wide || !column.wide,
  );
  const rows = objects.map((object) => columns.map(({ cell }) => cell(object, snapshot, wide)));
  // Why there is no endpoint is a column only where there is something to say.
  const shown = columns.map(({ heading }, i) => heading !== 'WHY' || rows.some((row) => row[i] !== ''));
  const line = (object: KubernetesObject | null, cells: readonly string[]) => {
    const own = cells.filter((_, i) => shown[i]);
    if (object !== null && showKind) own[0] = qualifiedName(resource, own[0]!);
    if (showNamespace && resource.namespaced) own.unshift(object === null ? 'NAMESPACE' : object.metadata.namespace);
    if (showLabels) own.push(object === null ? 'LABELS' : formatLabels(object.metadata.labels));
    return own.join('\t');
  };
  const heading = line(
    null,
    columns.map(({ heading }) => heading),
  );
  const lines = objects.map((object, i) => line(object, rows[i]!));
  return alignTabs([heading, ...lines], GET_TABS)
    .map((each) => each.trimEnd())
    .join('\n');
}
