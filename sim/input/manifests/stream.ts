import type { Faults } from '../faults.ts';
import type { Tree } from '../tree.ts';
import { readDocuments } from '../yaml.ts';
import { type Manifest, readManifests } from './read.ts';
import { Texts } from './texts.ts';

/** From here on, in characters, a file is a dump: of its objects the trees are not kept. */
const DUMP = 8 * 2 ** 20;

/**
 * The objects of a file as it comes in. Of a large file what is kept is the objects alone: not their trees (messages that
 * come from comparing objects then name an object's first line), and of texts that many objects share one copy.
 * @param chunks of the file, cut anywhere
 * @param namespace of objects that name none
 */
export function readManifestStream(
  file: string,
  chunks: Iterable<string>,
  namespace: string,
  faults: Faults,
): Manifest[] {
  const manifests: Manifest[] = [];
  const texts = new Texts();
  let characters = 0;
  const counted = function* (): Generator<string> {
    for (const chunk of chunks) {
      characters += chunk.length;
      yield chunk;
    }
  };
  for (const tree of readDocuments(file, counted(), faults)) {
    for (const manifest of readManifests(tree, namespace, faults)) {
      if (characters > DUMP) {
        manifest.tree = stub(manifest.tree);
        manifest.object = texts.shared(manifest.object);
      }
      manifests.push(manifest);
    }
  }
  return manifests;
}

function stub({ place }: Tree): Tree {
  return { type: 'mapping', place, entries: new Map() };
}
