/** What a YAML document holds, with the place of every key and value; the order of a mapping's keys is kept. */
export type Tree = Scalar | Mapping | List;

/** A position in an input file; lines and columns count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export interface Scalar {
  type: 'scalar';
  place: Place;
  value: string | number | boolean | null;
}

export interface Mapping {
  type: 'mapping';
  place: Place;
  entries: Map<string, Entry>;
}

export interface Entry {
  keyPlace: Place;
  value: Tree;
}

export interface List {
  type: 'list';
  place: Place;
  items: Tree[];
}

export type Path = readonly PropertyKey[];

/** The child of a mapping or list; undefined where there is none. */
export function child(tree: Tree | undefined, key: PropertyKey): Tree | undefined {
  if (tree?.type === 'mapping') return tree.entries.get(String(key))?.value;
  return tree?.type === 'list' ? tree.items[Number(key)] : undefined;
}

/** The text at a path below `tree`; undefined where there is none or another type. */
export function textAt(tree: Tree | undefined, ...path: string[]): string | undefined {
  const node = path.reduce<Tree | undefined>(child, tree);
  return node?.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** Did somebody write this, or is it a default? */
export function isThere(tree: Tree, ...path: Path): boolean {
  return path.reduce<Tree | undefined>(child, tree) !== undefined;
}

/** Where the value at `path` stands; of a path that is not there, its deepest part that is. */
export function placeOf(tree: Tree, path: Path): Place {
  let node = tree;
  for (const key of path) {
    const next = child(node, key);
    if (next === undefined) break;
    node = next;
  }
  return node.place;
}

/** Where the key at the end of `path` stands, for messages about the key itself. */
export function keyPlaceOf(tree: Tree, path: Path): Place {
  const parent = path.slice(0, -1).reduce<Tree | undefined>(child, tree);
  const entry = parent?.type === 'mapping' ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.keyPlace ?? placeOf(tree, path);
}

/** The plain value of a tree, as JSON would hold it. */
export function toValue(tree: Tree): unknown {
  if (tree.type === 'scalar') return tree.value;
  if (tree.type === 'list') return tree.items.map(toValue);
  const object: Record<string, unknown> = {};
  for (const [key, { value }] of tree.entries) {
    // `__proto__` would set the prototype instead of a property
    Object.defineProperty(object, key, { value: toValue(value), enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** `spec.ports[0].targetPort`; keys that are no plain words are quoted: `metadata.labels["app.kubernetes.io/name"]`. */
export function printPath(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\w-]+$/.test(String(key))) text += text === '' ? String(key) : `.${String(key)}`;
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text;
}
