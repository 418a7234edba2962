import { Faults } from '../input/faults.ts';
import type { Files } from '../input/files.ts';
import type { Tree } from '../input/tree.ts';
import { readYaml } from '../input/yaml.ts';
import type { Disputes } from './tally.ts';

/**
 * A list of tests that are held to be wrong: a YAML mapping from a test's name to the reason.
 * @throws InputError
 */
export function readDisputes(file: string, files: Files): Disputes {
  const faults = new Faults();
  let trees: Tree[] = [];
  try {
    trees = readYaml(file, files.read(file), faults);
  } catch (error) {
    faults.error({ file, line: 1, column: 1 }, [], `cannot read ${file}: ${(error as Error).message}`);
  }
  const disputes = new Map<string, string>();
  for (const tree of trees) {
    if (tree.type !== 'mapping') {
      faults.error(tree.place, [], 'this is no list of disputed tests', { expected: 'a line each: NAME: reason' });
      continue;
    }
    for (const [name, { value }] of tree.entries) {
      const reason = value.type === 'scalar' && typeof value.value === 'string' ? value.value.trim() : '';
      if (reason === '')
        faults.error(value.place, [name], 'a disputed test needs a reason', { expected: 'a sentence' });
      disputes.set(name, reason);
    }
  }
  faults.throwIfAny();
  return disputes;
}
