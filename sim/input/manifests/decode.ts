import { parseTime } from '../../cluster/time.ts';
import { type Advice, type Faults, knownNames } from '../faults.ts';
import { type List, type Mapping, type Path, printPath, type Tree, toValue } from '../tree.ts';
import { API_TYPES } from './api-types.ts';

/**
 * Does a tree have the shape of an API type? A value of a wrong type is an error in the API server's words, a field that
 * Kubernetes does not know a warning; null counts as absent. Times become ns since the run's start.
 * @returns the plain value without nulls, to be read as that type; undefined after an error
 */
export function decode(tree: Tree, type: string, faults: Faults): unknown {
  const before = faults.count;
  const value = read(tree, type, { struct: '', path: [] }, faults);
  return faults.count > before ? undefined : value;
}

/** Where a value stands: in the API server's words `DeploymentSpec.spec.replicas`. */
interface Field {
  struct: string;
  path: Path;
}

interface ScalarType {
  /** Go's name, and a human one. */
  go: string;
  expected: string;
  /** @returns undefined: not of this type */
  convert(value: string | number | boolean | null): unknown;
}

const SCALARS: Record<string, ScalarType> = {
  s: { go: 'string', expected: 'a string', convert: (v) => (typeof v === 'string' ? v : undefined) },
  i: { go: 'int32', expected: 'an integer', convert: (v) => (Number.isSafeInteger(v) ? v : undefined) },
  b: { go: 'bool', expected: 'true or false', convert: (v) => (typeof v === 'boolean' ? v : undefined) },
  t: {
    go: 'time.Time',
    expected: 'a time such as 2026-01-01T00:00:00Z',
    convert: (v) => (typeof v === 'string' ? (parseTime(v) ?? undefined) : undefined),
  },
  q: {
    go: 'resource.Quantity',
    expected: 'a quantity such as 500m or 1Gi',
    convert: (v) => (typeof v === 'string' || (typeof v === 'number' && Number.isFinite(v)) ? v : undefined),
  },
  is: {
    go: 'intstr.IntOrString',
    expected: 'an integer or a string',
    convert: (v) => (typeof v === 'string' || Number.isSafeInteger(v) ? v : undefined),
  },
};

/** Mappings from any key: the type of their values. */
const MAPS: Record<string, string> = { m: 's', 'q{}': 'q' };

function read(tree: Tree, type: string, field: Field, faults: Faults): unknown {
  if (type === '*') return withoutNulls(toValue(tree));
  if (tree.type === 'scalar' && tree.value === null && field.path.length > 0) return undefined;
  const scalar = SCALARS[type];
  if (scalar !== undefined) return readScalar(tree, type, scalar, field, faults);
  const itemType = type.startsWith('[]') ? type.slice(2) : MAPS[type];
  if (type.startsWith('[]')) {
    if (tree.type === 'list') return readItems(tree, itemType!, field, faults);
    return cannotUnmarshal(tree, `[]${goName(itemType!)}`, { expected: 'a list' }, field, faults);
  }
  if (tree.type !== 'mapping') {
    const go = itemType === undefined ? goName(type) : `map[string]${goName(itemType)}`;
    return cannotUnmarshal(tree, go, { expected: 'a mapping' }, field, faults);
  }
  return itemType === undefined ? readFields(tree, type, field.path, faults) : readMap(tree, itemType, field, faults);
}

function readScalar(tree: Tree, type: string, scalar: ScalarType, field: Field, faults: Faults): unknown {
  const value = tree.type === 'scalar' ? scalar.convert(tree.value) : undefined;
  if (value !== undefined) return value;
  const fix = type === 's' && tree.type === 'scalar' ? `quote it: "${tree.value}"` : undefined;
  return cannotUnmarshal(tree, scalar.go, { expected: scalar.expected, fix }, field, faults);
}

function readItems(tree: List, type: string, { struct, path }: Field, faults: Faults): unknown[] {
  const items: unknown[] = [];
  for (const [i, item] of tree.items.entries()) {
    const value = read(item, type, { struct, path: [...path, i] }, faults);
    if (value !== undefined) items.push(value);
  }
  return items;
}

function readMap(tree: Mapping, type: string, { struct, path }: Field, faults: Faults): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (const [key, { value }] of tree.entries)
    put(map, key, read(value, type, { struct, path: [...path, key] }, faults));
  return map;
}

function readFields(tree: Mapping, struct: string, parent: Path, faults: Faults): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  const fields = fieldsOf(struct);
  for (const [key, { keyPlace, value }] of tree.entries) {
    const path = [...parent, key];
    const type = fields.get(key);
    if (type !== undefined) put(object, key, read(value, type, { struct, path }, faults));
    else {
      const { fix } = knownNames(key, fields.keys(), '');
      faults.warning(keyPlace, path, `unknown field "${printPath(path)}"`, { fix });
    }
  }
  return object;
}

/** `__proto__` would set the prototype instead of a property. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) return;
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}

function cannotUnmarshal(tree: Tree, go: string, advice: Advice, { struct, path }: Field, faults: Faults): undefined {
  const json =
    tree.type === 'list'
      ? 'array'
      : tree.type === 'mapping'
        ? 'object'
        : tree.value === null
          ? 'null'
          : jsonType(tree.value);
  const names = path.filter((key) => typeof key === 'string').join('.');
  const into = path.length === 0 ? 'Go value' : `Go struct field ${struct}.${names}`;
  faults.error(tree.place, path, `cannot unmarshal ${json} into ${into} of type ${go}`, advice);
}

function jsonType(value: string | number | boolean): string {
  return typeof value === 'boolean'
    ? 'bool'
    : typeof value === 'number' && !Number.isInteger(value)
      ? `number ${value}`
      : typeof value;
}

function goName(type: string): string {
  return SCALARS[type]?.go ?? `v1.${type}`;
}

const parsed = new Map<string, Map<string, string>>();

/** The fields of an API type and their types, in its own words. */
export function fieldsOf(type: string): Map<string, string> {
  let fields = parsed.get(type);
  if (fields === undefined) {
    const words = API_TYPES[type]!.trim().split(/\s+/);
    fields = new Map(words.map((word) => [word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)]));
    parsed.set(type, fields);
  }
  return fields;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}
