import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { EnvVar, Pod } from '../cluster/api/pod.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { TestCluster } from './cluster.ts';

/** Names one object. */
export interface ObjectRef {
  kind: string;
  /** Empty for cluster-scoped kinds. */
  namespace: string;
  name: string;
}

/**
 * A cluster that a test looks into and changes. After each change it is settled: the controllers have run until nothing
 * is left to do at that instant.
 */
export interface TestWorld {
  readonly store: ObjectStore;
  readonly settings: TestCluster;
  /** ns since the test began. */
  readonly now: number;
  /** Creates or replaces, as `kubectl apply` does; what the cluster allocated (addresses, ports) survives. */
  apply(objects: readonly KubernetesObject[]): void;
  /** Gracefully. @throws CannotCheck if one is not there */
  delete(refs: readonly ObjectRef[]): void;
  /** Was it there until a step deleted it? */
  wasDeleted(ref: ObjectRef): boolean;
  /** Lets `duration` ns of simulated time pass. */
  wait(duration: number): void;
  /**
   * The variables that a container was started with, in the kubelet's order.
   * @returns null where it has not been started
   */
  environmentOf(pod: Pod, container: string): readonly EnvVar[] | null;
}
