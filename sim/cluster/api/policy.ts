import type { Condition, IntOrString, KubernetesObject, LabelSelector } from './meta.ts';

export interface PodDisruptionBudget extends KubernetesObject {
  kind: 'PodDisruptionBudget';
  spec: {
    selector?: LabelSelector;
    /** One of the two: a number of Pods or a percentage. */
    minAvailable?: IntOrString;
    maxUnavailable?: IntOrString;
    unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow';
  };
  status: {
    observedGeneration: number;
    disruptionsAllowed: number;
    currentHealthy: number;
    desiredHealthy: number;
    expectedPods: number;
    conditions: Condition[];
  };
}
