import type { Condition, IntOrString, KubernetesObject, LabelSelector } from './meta.ts';
import type { PodTemplate } from './pod.ts';

export interface Deployment extends KubernetesObject {
  kind: 'Deployment';
  spec: {
    replicas: number;
    selector: LabelSelector;
    template: PodTemplate;
    strategy: {
      type: 'RollingUpdate' | 'Recreate';
      /** There for RollingUpdate: each a number of Pods or a percentage such as `25%`. */
      rollingUpdate?: { maxSurge: IntOrString; maxUnavailable: IntOrString };
    };
    minReadySeconds: number;
    revisionHistoryLimit: number;
    progressDeadlineSeconds: number;
    paused: boolean;
  };
  status: {
    observedGeneration: number;
    replicas: number;
    updatedReplicas: number;
    readyReplicas: number;
    availableReplicas: number;
    unavailableReplicas: number;
    conditions: Condition[];
    collisionCount?: number;
  };
}

export interface ReplicaSet extends KubernetesObject {
  kind: 'ReplicaSet';
  spec: { replicas: number; selector: LabelSelector; template: PodTemplate; minReadySeconds: number };
  status: {
    observedGeneration: number;
    replicas: number;
    fullyLabeledReplicas: number;
    readyReplicas: number;
    availableReplicas: number;
    conditions: Condition[];
  };
}

export interface StatefulSet extends KubernetesObject {
  kind: 'StatefulSet';
  spec: {
    replicas: number;
    selector: LabelSelector;
    template: PodTemplate;
    /** The headless Service that gives the Pods their names. */
    serviceName: string;
    podManagementPolicy: 'OrderedReady' | 'Parallel';
    updateStrategy: {
      type: 'RollingUpdate' | 'OnDelete';
      rollingUpdate?: { partition?: number; maxUnavailable?: IntOrString };
    };
    minReadySeconds: number;
    ordinals?: { start: number };
    persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string };
    revisionHistoryLimit: number;
  };
  status: {
    observedGeneration: number;
    replicas: number;
    readyReplicas: number;
    currentReplicas: number;
    updatedReplicas: number;
    availableReplicas: number;
    currentRevision: string;
    updateRevision: string;
    conditions: Condition[];
  };
}

export interface DaemonSet extends KubernetesObject {
  kind: 'DaemonSet';
  spec: {
    selector: LabelSelector;
    template: PodTemplate;
    updateStrategy: {
      type: 'RollingUpdate' | 'OnDelete';
      rollingUpdate?: { maxSurge: IntOrString; maxUnavailable: IntOrString };
    };
    minReadySeconds: number;
    revisionHistoryLimit: number;
  };
  status: {
    observedGeneration: number;
    desiredNumberScheduled: number;
    currentNumberScheduled: number;
    numberMisscheduled: number;
    numberReady: number;
    updatedNumberScheduled: number;
    numberAvailable: number;
    numberUnavailable: number;
    conditions: Condition[];
  };
}

/** What keeps Pods of one template running: their Pods may serve and call. */
export type Workload = Deployment | StatefulSet | DaemonSet;

export const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const satisfies Workload['kind'][];

export interface Job extends KubernetesObject {
  kind: 'Job';
  spec: {
    parallelism: number;
    /** Absent: done when one Pod has succeeded and none runs. */
    completions?: number;
    backoffLimit: number;
    activeDeadlineSeconds?: number;
    ttlSecondsAfterFinished?: number;
    completionMode: 'NonIndexed' | 'Indexed';
    suspend: boolean;
    selector?: LabelSelector;
    template: PodTemplate;
  };
  status: {
    active: number;
    succeeded: number;
    failed: number;
    ready: number;
    startTime?: number;
    completionTime?: number;
    conditions: Condition[];
  };
}
