import { type Advice, type Faults, knownNames } from '../faults.ts';
import { type List, type Mapping, type Path, printPath, type Tree, toValue } from '../tree.ts';
import { API_TYPES } from './api-types.ts';

/**
 * Does a tree have the shape of an API type? A value of a wrong type is an error in the API server's words, a field that
 * Kubernetes does not know a warning; null counts as absent.
 * @returns the plain value without nulls, to be read as that type; undefined after an error
 */
export function decode(tree: Tree, type: string, faults: Faults): unknown {
  const before = faults.count;
  check(tree, type, { struct: '', path: [] }, faults);
  return faults.count > before ? undefined : withoutNulls(toValue(tree));
}

/** Where a value stands: in the API server's words `DeploymentSpec.spec.replicas`. */
interface Field {
  struct: string;
  path: Path;
}

/** The scalar types: Go's name, a human one, and the test. */
const SCALARS: Record<string, { go: string; expected: string; holds: (value: unknown) => boolean }> = {
  s: { go: 'string', expected: 'a string', holds: (v) => typeof v === 'string' },
  i: { go: 'int32', expected: 'an integer', holds: Number.isSafeInteger },
  b: { go: 'bool', expected: 'true or false', holds: (v) => typeof v === 'boolean' },
  q: { go: 'resource.Quantity', expected: 'a quantity such as 500m or 1Gi', holds: isTextOrNumber },
  is: {
    go: 'intstr.IntOrString',
    expected: 'an integer or a string',
    holds: (v) => typeof v === 'string' || Number.isSafeInteger(v),
  },
};

/** Mappings from any key: the type of their values. */
const MAPS: Record<string, string> = { m: 's', 'q{}': 'q' };

function check(tree: Tree, type: string, field: Field, faults: Faults): void {
  if (type === '*' || (tree.type === 'scalar' && tree.value === null && field.path.length > 0)) return;
  const itemType = type.startsWith('[]') ? type.slice(2) : MAPS[type];
  if (SCALARS[type] !== undefined) {
    if (tree.type === 'scalar' && SCALARS[type].holds(tree.value)) return;
    const fix = type === 's' && tree.type === 'scalar' ? `quote it: "${tree.value}"` : undefined;
    cannotUnmarshal(tree, SCALARS[type].go, { expected: SCALARS[type].expected, fix }, field, faults);
  } else if (type.startsWith('[]')) {
    if (tree.type === 'list') checkItems(tree, itemType!, field, faults);
    else cannotUnmarshal(tree, `[]${goName(itemType!)}`, { expected: 'a list' }, field, faults);
  } else if (tree.type !== 'mapping') {
    const go = itemType === undefined ? goName(type) : `map[string]${goName(itemType)}`;
    cannotUnmarshal(tree, go, { expected: 'a mapping' }, field, faults);
  } else if (itemType !== undefined) {
    for (const [key, { value }] of tree.entries) {
      check(value, itemType, { struct: field.struct, path: [...field.path, key] }, faults);
    }
  } else checkFields(tree, type, field.path, faults);
}

function checkItems(tree: List, type: string, { struct, path }: Field, faults: Faults): void {
  for (const [i, item] of tree.items.entries()) check(item, type, { struct, path: [...path, i] }, faults);
}

function checkFields(tree: Mapping, struct: string, parent: Path, faults: Faults): void {
  const fields = fieldsOf(struct);
  for (const [key, { keyPlace, value }] of tree.entries) {
    const path = [...parent, key];
    const type = fields.get(key);
    if (type !== undefined) check(value, type, { struct, path }, faults);
    else {
      const { fix } = knownNames(key, fields.keys(), '');
      faults.warning(keyPlace, path, `unknown field "${printPath(path)}"`, { fix });
    }
  }
}

function cannotUnmarshal(tree: Tree, go: string, advice: Advice, { struct, path }: Field, faults: Faults): void {
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

function isTextOrNumber(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

const parsed = new Map<string, Map<string, string>>();

function fieldsOf(type: string): Map<string, string> {
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
