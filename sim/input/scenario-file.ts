import { Faults } from './faults.ts';
import { chunksOf, type Files } from './files.ts';
import { type Tree, textAt } from './tree.ts';
import { readDocuments } from './yaml.ts';

export function isScenario(tree: Tree): boolean {
  return textAt(tree, 'kind') === 'Scenario' && (textAt(tree, 'apiVersion') ?? '').startsWith('svclab.dev/');
}

/** Is there a Scenario in the file? Of one that cannot be read: no. */
export function holdsScenario(path: string, files: Files): boolean {
  try {
    // A dump of a cluster is searched, not parsed, unless the word is in it.
    if (!mentions(chunksOf(files, path), 'Scenario')) return false;
    for (const tree of readDocuments(path, chunksOf(files, path), new Faults())) if (isScenario(tree)) return true;
  } catch {
    return false;
  }
  return false;
}

function mentions(chunks: Iterable<string>, word: string): boolean {
  let tail = '';
  for (const chunk of chunks) {
    if ((tail + chunk).includes(word)) return true;
    tail = chunk.slice(-word.length);
  }
  return false;
}
