import type { Condition, KubernetesObject, LabelSelector, Quantity } from './meta.ts';

export interface ScalingPolicy {
  type: 'Pods' | 'Percent';
  value: number;
  periodSeconds: number;
}

export interface ScalingRules {
  stabilizationWindowSeconds: number;
  selectPolicy: 'Max' | 'Min' | 'Disabled';
  policies: ScalingPolicy[];
  /** Share, e.g. `0.1`; absent: the controller's. */
  tolerance?: Quantity;
}

/** One of the three, as `type` says. */
export interface MetricTarget {
  type: 'Utilization' | 'Value' | 'AverageValue';
  value?: Quantity;
  averageValue?: Quantity;
  /** Percent of the requests. */
  averageUtilization?: number;
}

export interface MetricIdentifier {
  name: string;
  selector?: LabelSelector;
}

export interface CrossVersionObjectReference {
  apiVersion?: string;
  kind: string;
  name: string;
}

export interface MetricSpec {
  type: 'Resource' | 'ContainerResource' | 'Pods' | 'Object' | 'External';
  resource?: { name: string; target: MetricTarget };
  containerResource?: { name: string; container: string; target: MetricTarget };
  pods?: { metric: MetricIdentifier; target: MetricTarget };
  object?: { describedObject: CrossVersionObjectReference; metric: MetricIdentifier; target: MetricTarget };
  external?: { metric: MetricIdentifier; target: MetricTarget };
}

export interface HorizontalPodAutoscaler extends KubernetesObject {
  kind: 'HorizontalPodAutoscaler';
  spec: {
    scaleTargetRef: CrossVersionObjectReference;
    minReplicas: number;
    maxReplicas: number;
    metrics: MetricSpec[];
    /** Both, with the defaults filled in; left out as a whole, other rules hold. */
    behavior?: { scaleUp: ScalingRules; scaleDown: ScalingRules };
  };
  status: {
    currentReplicas: number;
    desiredReplicas: number;
    /** Of the requests, percent, as last computed for a Resource metric. */
    currentMetrics: {
      type: MetricSpec['type'];
      resource?: { name: string; current: { averageUtilization?: number } };
    }[];
    lastScaleTime?: number;
    conditions: Condition[];
  };
}
