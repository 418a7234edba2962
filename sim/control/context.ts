import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { ClusterIndex } from '../cluster/cluster-index.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { Engine } from '../engine/engine.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import type { Disturbances } from './disturbances.ts';

export type Severity = 'info' | 'warning' | 'error';

/** What every controller works with. */
export interface ControlContext {
  engine: Engine;
  store: ObjectStore;
  index: ClusterIndex;
  settings: ClusterSettings;
  /**
   * While true, nothing takes time: what the manifests ask for has been there for long. A scenario settles before its
   * first instant; a test's world never does.
   */
  settling: boolean;
  readonly disturbances: Disturbances;
  /** Says what happened to an object and why, as `kubectl get events` would show it. */
  record(severity: Severity, object: KubernetesObject, reason: string, message: string): void;
}

export const SECOND = 1e9;
