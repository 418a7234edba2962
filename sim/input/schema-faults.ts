import type { z } from 'zod';
import { type Advice, type Faults, knownNames } from './faults.ts';
import { EXPECTED } from './scenario-fields.ts';
import { keyPlaceOf, type Path, placeOf, type Tree } from './tree.ts';

type Issue = z.core.$ZodIssue;

/** What people write beside `metadata`. */
const IN_METADATA = ['name', 'namespace', 'description'];

/** Says what a schema found wrong with a tree, at the places of the file. */
export function reportIssues(issues: readonly Issue[], tree: Tree, faults: Faults, at: Path = []): void {
  for (const issue of issues) {
    const path = [...at, ...issue.path];
    const branch = issue.code === 'invalid_union' ? branchMeant(issue.errors) : [];
    if (branch.length > 0) reportIssues(branch, tree, faults, path);
    else if (issue.code === 'unrecognized_keys') reportUnknown(issue, tree, faults, path);
    else {
      const { text, ...advice } = explain(issue);
      faults.error(placeOf(tree, path), path, text, advice);
    }
  }
}

function reportUnknown(issue: z.core.$ZodIssueUnrecognizedKeys, tree: Tree, faults: Faults, path: Path): void {
  const known = issue.message.slice(EXPECTED.length).split(', ');
  for (const key of issue.keys) {
    const field = [...path, key];
    const advice = knownNames(key, known, 'one of');
    const isMetadata = path.length === 0 && IN_METADATA.includes(key);
    const fix = isMetadata ? `write it as metadata.${key}` : advice.fix;
    faults.error(keyPlaceOf(tree, field), field, `there is no field "${key}" here`, { ...advice, fix });
  }
}

/** Of a union's branches the one that the value was meant for: its first issue is not about the value as a whole; else none. */
function branchMeant(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const isMeant = ([first]: readonly Issue[]) =>
    first !== undefined && (first.path.length > 0 || !['invalid_type', 'invalid_value'].includes(first.code));
  return branches.filter(isMeant).toSorted((a, b) => b[0]!.path.length - a[0]!.path.length)[0] ?? [];
}

function explain(issue: Issue): { text: string } & Advice {
  const [text = '', expected] = issue.message.split(EXPECTED);
  if (issue.code === 'custom') return { text, ...((issue.params ?? {}) as Advice) };
  if (expected !== undefined) return { text, expected };
  const isOwn = !/^(Invalid|Too)/.test(text); // a schema's own words, not zod's
  switch (issue.code) {
    case 'invalid_type': {
      const got = /received (\w+)/.exec(text)?.[1] ?? '';
      const what = got === 'undefined' ? 'this field is required' : `this is ${TYPES[got] ?? 'something else'}`;
      return { text: isOwn ? text : what, expected: TYPES[issue.expected] ?? issue.expected };
    }
    case 'invalid_value': {
      const what = /undefined/.test(text) ? 'this field is required' : 'this value is not possible here';
      return {
        text: isOwn ? text : what,
        expected: `${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`,
      };
    }
    case 'too_small':
      return isOwn
        ? { text }
        : { text: 'this is too small', expected: `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}` };
    case 'too_big':
      return isOwn
        ? { text }
        : { text: 'this is too large', expected: `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}` };
    default:
      return { text };
  }
}

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  null: 'empty',
};
