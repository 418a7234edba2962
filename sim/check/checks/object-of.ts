import { z } from 'zod';
import type { Kind, KindMap } from '../../cluster/api/kinds.ts';
import { keyOfObject } from '../../cluster/store.ts';
import { knownNames } from '../../input/faults.ts';
import { expecting } from '../../input/scenario-fields.ts';
import { CannotCheck } from '../check.ts';
import type { TestWorld } from '../world.ts';

/** `namespace/name`, or the name of an object in `default`. */
export const namespacedName = z
  .string({ error: expecting('NAMESPACE/NAME') })
  .regex(/^([^/\s]+\/)?[^/\s]+$/, 'must be NAMESPACE/NAME')
  .transform((text) => (text.includes('/') ? text : `default/${text}`));

/** The object that a check asks about. @throws CannotCheck where there is none, with the names that there are */
export function objectOf<K extends Kind>({ store }: TestWorld, kind: K, key: string): KindMap[K] {
  const [namespace = '', name = ''] = key.split('/');
  const object = store.get(kind, namespace, name);
  if (object !== undefined) return object;
  // Of a cluster-scoped kind the name alone.
  const plain = (text: string) => text.replace(/^\//, '');
  const names = [...store.list(kind)].map((each) => plain(keyOfObject(each)));
  if (names.length === 0) throw new CannotCheck(`there is no ${kind} ${plain(key)}, nor any other`);
  const { expected, fix } = knownNames(plain(key), names, 'one of');
  throw new CannotCheck(
    `there is no ${kind} ${plain(key)}: expected ${expected}${fix === undefined ? '' : `; ${fix}`}`,
  );
}
