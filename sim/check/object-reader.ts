import type { KubernetesObject } from '../cluster/api/meta.ts';
import { Faults } from '../input/faults.ts';
import type { Files } from '../input/files.ts';
import { readManifests } from '../input/manifests/read.ts';
import type { Message } from '../input/scenario.ts';
import { type Path, type Place, placeOf, type Tree } from '../input/tree.ts';
import { readYaml } from '../input/yaml.ts';

interface ReadObject {
  kind: string;
  namespace: string;
  name: string;
  place: Place;
  object: KubernetesObject | null;
}

/** Reads the Kubernetes objects of one Test; what the API server would refuse is kept apart, as a check may expect it. */
export class ObjectReader {
  readonly #files: Files;
  readonly #namespace: string;
  readonly #validate: boolean;
  readonly #faults = new Faults();

  /**
   * @param namespace of objects that name none
   * @param validate false: what the API server would refuse is taken all the same
   */
  constructor(files: Files, namespace: string, validate: boolean) {
    this.#files = files;
    this.#namespace = namespace;
    this.#validate = validate;
  }

  get refusals(): Message[] {
    return this.#faults.errors;
  }

  get warnings(): Message[] {
    return this.#faults.warnings;
  }

  get namespace(): string {
    return this.#namespace;
  }

  /**
   * An object, a List of them, or the name of a file with some.
   * @param at where in the Test it stands
   * @param faults takes a file that cannot be read or has bad syntax
   */
  read(tree: Tree, at: Path, faults: Faults): ReadObject[] {
    if (tree.type === 'mapping') return this.#objects(tree);
    if (tree.type !== 'scalar' || typeof tree.value !== 'string') {
      faults.error(tree.place, at, 'this is no Kubernetes object', {
        expected: 'a file name, or a mapping with apiVersion, kind and metadata',
      });
      return [];
    }
    const path = relativeTo(tree.place.file, tree.value);
    try {
      return readYaml(path, this.#files.read(path), faults).flatMap((document) => this.#objects(document));
    } catch (error) {
      faults.error(tree.place, at, `cannot read ${path}: ${(error as Error).message}`);
      return [];
    }
  }

  #objects(tree: Tree): ReadObject[] {
    this.#faults.opened(tree.place.file);
    return readManifests(tree, this.#namespace, this.#faults, { validate: this.#validate, ranges: false }).map(
      ({ tree: own, ...manifest }) => ({
        ...manifest,
        place: placeOf(own, ['metadata', 'name']),
      }),
    );
  }
}

function relativeTo(file: string, path: string): string {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '';
  return path.startsWith('/') ? path : `${folder}${path.replace(/^(\.\/)+/, '')}`;
}
