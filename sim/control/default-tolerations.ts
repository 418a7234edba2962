import type { PodSpec, Toleration } from '../cluster/api/pod.ts';

/** s. @source kube-apiserver --default-not-ready-toleration-seconds, --default-unreachable-toleration-seconds */
export const DEFAULT_TOLERATION = 300;

const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const DEFAULTS: readonly Toleration[] = KEYS.map((key) => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: DEFAULT_TOLERATION,
}));

/** By a template's own list, since all of its Pods have one. */
const known = new WeakMap<readonly Toleration[], Toleration[]>();
const none: Toleration[] = [];

/**
 * What a new Pod tolerates: its own list and, of a node that is not ready or not reached, five minutes where it says nothing.
 * @source plugin/pkg/admission/defaulttolerationseconds/admission.go
 */
export function withDefaultTolerations({ tolerations = none }: Pick<PodSpec, 'tolerations'>): Toleration[] {
  let all = known.get(tolerations);
  if (all === undefined) {
    all = [...tolerations, ...DEFAULTS.filter(({ key }) => !tolerations.some((own) => covers(own, key!)))];
    known.set(tolerations, all);
  }
  return all;
}

function covers({ key, effect }: Toleration, taint: string): boolean {
  return (!key || key === taint) && (!effect || effect === 'NoExecute');
}
