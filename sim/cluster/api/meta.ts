/**
 * What all Kubernetes objects share. Objects in svclab are the real ones: the API's names and nesting, with the API
 * server's defaults filled in, and every field that came with a manifest kept. Two things differ, and are converted at
 * the edge: times are ns of the simulation (negative: before its start) instead of RFC 3339 texts, and
 * `resourceVersion` is a number.
 * @source Kubernetes API reference v1.35
 */

export type Labels = Readonly<Record<string, string>>;

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  /** Empty for cluster-scoped kinds. */
  namespace: string;
  uid: string;
  /** Set by the store at each write; unique and growing over the whole cluster. */
  resourceVersion: number;
  /** Grows when the spec changes. */
  generation: number;
  labels: Labels;
  annotations: Labels;
  /** ns. */
  creationTimestamp: number;
  /** ns at which deletion was asked; absent while it was not. */
  deletionTimestamp?: number;
  deletionGracePeriodSeconds?: number;
  generateName?: string;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

export type ConditionStatus = 'True' | 'False' | 'Unknown';

export interface Condition {
  type: string;
  status: ConditionStatus;
  reason?: string;
  message?: string;
  /** ns; absent when a snapshot does not say. */
  lastTransitionTime?: number;
}

export interface LabelSelectorRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

/** An empty one matches everything; one that is absent (null in the API) matches nothing. */
export interface LabelSelector {
  matchLabels?: Labels;
  matchExpressions?: LabelSelectorRequirement[];
}

/** A Kubernetes quantity as written: `500m`, `1Gi`, 2. */
export type Quantity = string | number;

export type Quantities = Readonly<Record<string, Quantity>>;

export type IntOrString = number | string;

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
