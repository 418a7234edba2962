import type { PodDisruptionBudget } from '../../cluster/api/policy.ts';
import { type Raw, readHead, readSelector } from './metadata.ts';
import { DNS_1123_SUBDOMAIN } from './names.ts';
import type { Validation } from './validation.ts';

/** @source k8s.io/kubernetes pkg/apis/policy/validation/validation.go */
export function readPodDisruptionBudget(
  raw: Raw<PodDisruptionBudget>,
  v: Validation,
  namespace: string,
): PodDisruptionBudget {
  const spec = raw.spec ?? {};
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    v.invalid(['spec'], spec, 'minAvailable and maxUnavailable cannot be both set');
  }
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[field];
    if (typeof value === 'number') v.atLeast(['spec', field], value, 0);
    else if (value !== undefined && !/^\d+%$/.test(value)) {
      v.invalid(['spec', field], value, "a valid percent string must be a numeric string followed by an ending '%'");
    }
  }
  readSelector(spec.selector, ['spec', 'selector'], v);
  return {
    ...readHead('PodDisruptionBudget', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: spec as PodDisruptionBudget['spec'],
    status: {
      observedGeneration: 0,
      disruptionsAllowed: 0,
      currentHealthy: 0,
      desiredHealthy: 0,
      expectedPods: 0,
      conditions: [],
      ...(raw.status as Partial<PodDisruptionBudget['status']>),
    },
  };
}
