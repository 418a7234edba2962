import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { TestCluster } from './cluster.ts';
import { PlainWorld } from './plain-world.ts';
import type { TestWorld } from './world.ts';

/** The world that a Test asks for: the one place where it is chosen. */
export function createWorld(settings: TestCluster, objects: readonly KubernetesObject[]): TestWorld {
  return new PlainWorld(settings, objects);
}
