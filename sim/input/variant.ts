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
 * A tree with the values of a variant set, found by their paths in the tree as it is given; that one stays as it is, and
 * parts that did not change are shared. An element of a list is found by its index, or by its `name`, `for` or `to`:
 * `workloads.frontend.calls.checkout.discovery`. A path that leads nowhere is a fault at the place where it is written.
 */
export function withSettings(tree: Tree, settings: readonly Setting[], faults: Faults): Tree {
  const found = settings.map((setting) => ({ setting, segments: resolve(tree, setting.path.split('.')) }));
  return found.reduce((changing, { setting, segments }) => withValueAt(changing, segments, setting, faults), tree);
}

/** The path with elements of lists by their index, as far as it is there. */
function resolve(tree: Tree, segments: string[]): string[] {
  let node: Tree | undefined = tree;
  return segments.map((segment) => {
    const i = node?.type === 'list' ? indexOf(node, segment) : -1;
    const found = i >= 0 ? String(i) : segment;
    node = child(node, found);
    return found;
  });
}

function withValueAt(
  tree: Tree,
  segments: readonly string[],
  { path, value, place, at }: Setting,
  faults: Faults,
): Tree {
  const words = path.split('.');
  const set = (node: Tree | undefined, depth: number): Tree => {
    const where = depth === 0 ? 'the scenario' : words.slice(0, depth).join('.');
    const segment = segments[depth] ?? '';
    const isLast = depth === segments.length - 1;
    const replaced = (old: Tree | undefined) => (isLast ? value : set(old, depth + 1));
    const fail = (unchanged: Tree, text: string, known: readonly string[] = []) => {
      faults.error(place, at, text, knownNames(segment, known, 'one of'));
      return unchanged;
    };
    if (node?.type === 'list') {
      const i = indexOf(node, segment);
      if (i < 0) return fail(node, `${where} has no element "${segment}"`, node.items.map(nameOf));
      return { ...node, items: node.items.with(i, replaced(node.items[i])) };
    }
    if (node?.type === 'scalar') return fail(node, `${where} has nothing below it`);
    const entry = node?.entries.get(segment);
    if (node !== undefined && entry === undefined && !isLast && (where === 'clients' || LISTS.has(segment))) {
      return fail(node, `${where} has no "${segment}"`, [...node.entries.keys()]);
    }
    const entries = new Map(node?.entries);
    entries.set(segment, { keyPlace: place, value: replaced(entry?.value) });
    return { type: 'mapping', place: node?.place ?? place, entries };
  };
  return set(tree, 0);
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
