import { z } from 'zod';
import { API_VERSIONS } from '../cluster/api/kinds.ts';
import { type Faults, knownNames } from '../input/faults.ts';
import { duration, expecting, section } from '../input/scenario-fields.ts';
import { reportIssues } from '../input/schema-faults.ts';
import { child, keyPlaceOf, type Path, type Tree, textAt, toValue } from '../input/tree.ts';
import type { Check } from './check.ts';
import type { ObjectReader } from './object-reader.ts';
import { CHECKS } from './registry.ts';
import type { CheckStep, Step } from './test-document.ts';
import type { ObjectRef } from './world.ts';

const ACTIONS = ['check', 'apply', 'delete', 'wait'] as const;
const STEP_FIELDS = [...ACTIONS, 'expect', 'name'];
const CLUSTER_SCOPED = new Set(['Namespace', 'Node', 'IngressClass']);

/**
 * The steps of a Test in order: its `steps`, then its `checks`, then the one check at its top level. A Test that checks
 * nothing is a fault.
 */
export function readSteps(test: Tree, objects: ObjectReader, faults: Faults): Step[] {
  const before = faults.count;
  const steps = [
    ...listed(test, 'steps', faults).flatMap(([tree, at]) => readStep(tree, at, objects, faults)),
    ...listed(test, 'checks', faults).flatMap(([tree, at]) => readCheck(tree, at, faults)),
    ...(child(test, 'check') !== undefined || child(test, 'expect') !== undefined ? readCheck(test, [], faults) : []),
  ];
  if (faults.count === before && !steps.some(({ action }) => action === 'check')) {
    faults.error(test.place, [], 'this Test checks nothing', {
      expected: 'steps with a check and what is expected, or checks',
    });
  }
  return steps;
}

function listed(test: Tree, field: string, faults: Faults): [Tree, Path][] {
  const list = child(test, field);
  if (list === undefined) return [];
  if (list.type === 'list') return list.items.map((tree, i) => [tree, [field, i]]);
  faults.error(list.place, [field], 'this is no list', { expected: `a list of ${field}` });
  return [];
}

function readStep(tree: Tree, at: Path, objects: ObjectReader, faults: Faults): Step[] {
  const expected = `a mapping with one of ${ACTIONS.join(', ')}`;
  if (tree.type !== 'mapping') {
    faults.error(tree.place, at, 'this is no step', { expected });
    return [];
  }
  const actions = ACTIONS.filter((action) => tree.entries.has(action));
  const isCheck = actions[0] === 'check' || tree.entries.has('expect');
  const before = faults.count;
  refuseUnknown(tree, at, isCheck ? ['check', 'expect', 'name'] : STEP_FIELDS, faults);
  if (faults.count > before) return [];
  if (isCheck) return readCheck(tree, at, faults);
  const [action] = actions;
  if (action === undefined || actions.length > 1) {
    faults.error(tree.place, at, action === undefined ? 'this step does nothing' : 'a step does one thing', {
      expected,
      fix: action === undefined ? undefined : `make a step each of ${actions.join(' and ')}`,
    });
    return [];
  }
  const body = child(tree, action)!;
  const path = [...at, action];
  if (action === 'wait') return readWait(body, path, faults);
  const items: [Tree, Path][] =
    body.type === 'list' ? body.items.map((item, i) => [item, [...path, i]]) : [[body, path]];
  if (items.length === 0) faults.error(body.place, path, 'this list is empty');
  if (action === 'delete') {
    return [
      { action, place: tree.place, refs: items.flatMap(([item, p]) => readRef(item, p, objects.namespace, faults)) },
    ];
  }
  const applied = items.flatMap(([item, p]) => objects.read(item, p, faults));
  return [
    { action: 'apply', place: tree.place, objects: applied.flatMap(({ object }) => (object === null ? [] : [object])) },
  ];
}

function readCheck(tree: Tree, at: Path, faults: Faults): CheckStep[] {
  const body = child(tree, 'check');
  const path = [...at, 'check'];
  const known = Object.keys(CHECKS);
  if (body?.type !== 'mapping') {
    faults.error(body?.place ?? tree.place, body === undefined ? at : path, 'there is no check here', {
      expected: `check: {${known.join(' | ')}: …} and expect: …`,
    });
    return [];
  }
  const keys = [...body.entries.keys()].filter((key) => key !== 'name');
  const unknown = keys.filter((key) => !Object.hasOwn(CHECKS, key));
  for (const key of unknown) {
    const field = [...path, key];
    faults.error(keyPlaceOf(body, [key]), field, `unknown check "${key}"`, knownNames(key, known, 'one of'));
  }
  if (unknown.length > 0) return [];
  if (keys.length !== 1) {
    const text =
      keys.length === 0 ? 'there is no check here' : `${keys.join(' and ')} are two checks: make a step of each`;
    faults.error(body.place, path, text, { expected: `one of ${known.join(', ')}` });
    return [];
  }
  const check = CHECKS[keys[0]!]!;
  const before = faults.count;
  const fields = checked(check.fields, child(body, check.name)!, [...path, check.name], faults);
  const expect = readExpectation(check, tree, at, faults);
  if (faults.count > before) return [];
  const name = textAt(body, 'name') ?? (at.length > 0 ? textAt(tree, 'name') : undefined) ?? check.title(fields);
  return [{ action: 'check', place: tree.place, name, check, fields, expect }];
}

function readExpectation(check: Check, tree: Tree, at: Path, faults: Faults): unknown {
  const expectation = child(tree, 'expect');
  const path = [...at, 'expect'];
  const isEmpty =
    expectation === undefined ||
    (expectation.type === 'scalar' && expectation.value === null) ||
    (expectation.type === 'mapping' && expectation.entries.size === 0) ||
    (expectation.type === 'list' && expectation.items.length === 0);
  if (isEmpty) {
    const place = expectation?.place ?? child(tree, 'check')!.place;
    faults.error(place, path, `this ${check.name} check expects nothing`, {
      expected: 'what must be true, under expect:',
    });
    return undefined;
  }
  return checked(check.expect, expectation, path, faults);
}

function checked<T>(schema: z.ZodType<T>, tree: Tree, at: Path, faults: Faults): T {
  const result = schema.safeParse(toValue(tree));
  if (result.success) return result.data;
  // the paths of the issues begin at `tree`, those of the messages at the document
  reportIssues(result.error.issues, grafted(tree, at), faults, at);
  return undefined as T;
}

/** A tree in which `tree` stands at `at`. */
function grafted(tree: Tree, at: Path): Tree {
  return at.reduceRight<Tree>(
    (value, key) =>
      typeof key === 'number'
        ? { type: 'list', place: tree.place, items: Object.assign([], { [key]: value }) }
        : { type: 'mapping', place: tree.place, entries: new Map([[String(key), { keyPlace: tree.place, value }]]) },
    tree,
  );
}

function readWait(tree: Tree, at: Path, faults: Faults): Step[] {
  const ns = checked(duration(), tree, at, faults);
  return ns === undefined ? [] : [{ action: 'wait', place: tree.place, duration: ns }];
}

const refSection = section({
  apiVersion: z.string().optional(),
  kind: z.string({ error: expecting('the kind of an object') }),
  name: z.string({ error: expecting('the name of an object') }),
  namespace: z.string().optional(),
});

function readRef(tree: Tree, at: Path, namespace: string, faults: Faults): ObjectRef[] {
  const before = faults.count;
  const ref = checked(refSection, tree, at, faults);
  if (faults.count > before) return [];
  if (!Object.hasOwn(API_VERSIONS, ref.kind)) {
    const advice = knownNames(ref.kind, Object.keys(API_VERSIONS), 'one of');
    faults.error(child(tree, 'kind')!.place, [...at, 'kind'], `unknown kind "${ref.kind}"`, advice);
    return [];
  }
  return [
    { kind: ref.kind, name: ref.name, namespace: CLUSTER_SCOPED.has(ref.kind) ? '' : (ref.namespace ?? namespace) },
  ];
}

function refuseUnknown(tree: Tree, at: Path, known: readonly string[], faults: Faults): void {
  if (tree.type !== 'mapping') return;
  for (const [key, { keyPlace }] of tree.entries) {
    if (known.includes(key)) continue;
    faults.error(keyPlace, [...at, key], `there is no field "${key}" here`, knownNames(key, known, 'one of'));
  }
}
