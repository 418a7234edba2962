import { type Faults, knownNames } from './faults.ts';
import { child, type List, type Path, type Place, type Tree, textAt } from './tree.ts';

/** A line of a variant's `set:`. */
export interface Setting {
  /** Dotted. */
  path: string;
  value: Tree;
  /** Where the path is written, in the file and in the tree. */
  place: Place;
  at: Path;
}

/**
 * A tree with the value at a dotted path replaced or added; the given tree stays as it is, parts that did not change are
 * shared. An element of a list is found by its index, or by its `name`, `for` or `to`: `workloads.frontend.calls.checkout.discovery`.
 * A path that leads nowhere is a fault at `place`, where the path is written.
 */
export function withValueAt(tree: Tree, { path, value, place, at }: Setting, faults: Faults): Tree {
  const fail = (node: Tree, text: string, expected: readonly string[], segment: string) => {
    faults.error(place, at, text, knownNames(segment, expected, 'one of'));
    return node;
  };
  const set = (node: Tree | undefined, [segment = '', ...rest]: string[], parents: string[]): Tree => {
    const where = parents.length === 0 ? 'the scenario' : parents.join('.');
    const replaced = (old: Tree | undefined) => (rest.length === 0 ? value : set(old, rest, [...parents, segment]));
    if (node?.type === 'list') {
      const i = indexOf(node, segment);
      if (i < 0) return fail(node, `${where} has no element "${segment}"`, node.items.map(nameOf), segment);
      return { ...node, items: node.items.with(i, replaced(node.items[i])) };
    }
    if (node !== undefined && node.type !== 'mapping') return fail(node, `${where} has nothing below it`, [], segment);
    const entry = node?.entries.get(segment);
    if (node !== undefined && entry === undefined && rest.length > 0 && (where === 'clients' || LISTS.has(segment))) {
      return fail(node, `${where} has no "${segment}"`, [...node.entries.keys()], segment);
    }
    const entries = new Map(node?.entries);
    entries.set(segment, { keyPlace: place, value: replaced(entry?.value) });
    return { type: 'mapping', place: node?.place ?? place, entries };
  };
  return set(tree, path.split('.'), []);
}

/** Sections whose elements are there or not: a path cannot go through one that is absent. */
const LISTS = new Set(['workloads', 'traffic', 'calls', 'timeline', 'nodeGroups']);

function indexOf(list: List, segment: string): number {
  if (/^\d+$/.test(segment)) return Number(segment) < list.items.length ? Number(segment) : -1;
  return list.items.findIndex((item) => namesOf(item).includes(segment));
}

function nameOf(item: Tree, i: number): string {
  return namesOf(item).at(-1) ?? String(i);
}

/** Longest first: `deployment/frontend`, `frontend`; of a target `http://checkout:80`, `checkout`. */
function namesOf(item: Tree): string[] {
  const names = ['name', 'for', 'to'].flatMap((field) =>
    child(item, field) === undefined ? [] : [textAt(item, field) ?? ''],
  );
  return names.flatMap((name) => {
    const short = name.includes('://')
      ? name.replace(/^\w+:\/\//, '').replace(/[.:/].*$/, '')
      : name.slice(name.lastIndexOf('/') + 1);
    return [name, short];
  });
}
