import { z } from 'zod';
import type { Pod } from '../../cluster/api/pod.ts';
import { knownNames } from '../../input/faults.ts';
import { expecting } from '../../input/scenario-fields.ts';
import { CannotCheck } from '../check.ts';
import type { TestWorld } from '../world.ts';

/** `namespace/name`, or the name of an object in `default`. */
export const namespacedName = z
  .string({ error: expecting('NAMESPACE/NAME') })
  .regex(/^([^/\s]+\/)?[^/\s]+$/, 'must be NAMESPACE/NAME')
  .transform((text) => (text.includes('/') ? text : `default/${text}`));

/** @throws CannotCheck where there is no such Pod */
export function podOf({ store }: TestWorld, key: string): Pod {
  const [namespace = '', name = ''] = key.split('/');
  const pod = store.get('Pod', namespace, name);
  if (pod !== undefined) return pod;
  const names = [...store.list('Pod')].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const { expected, fix } = knownNames(key, names, 'one of');
  throw new CannotCheck(`there is no Pod ${key}: expected ${expected}${fix === undefined ? '' : `; ${fix}`}`);
}
