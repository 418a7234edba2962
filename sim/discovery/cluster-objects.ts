import type { Kind, KindMap } from '../cluster/api/kinds.ts';

/** What discovery sees of a cluster: its objects, to be read. The store is one. */
export interface ClusterObjects {
  get<K extends Kind>(kind: K, namespace: string, name: string): KindMap[K] | undefined;
  list<K extends Kind>(kind: K): Iterable<KindMap[K]>;
}
