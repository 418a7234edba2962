/**
 * What an expectation may say, and whether something is so: each pattern is the schema of the expectation and its
 * comparison in one. A field left out is not compared; `null` means absent.
 */
import { z } from 'zod';
import { familyOf, sameIP } from '../../cluster/ip.ts';
import { expecting, section } from '../../input/scenario-fields.ts';
import type { Difference } from './difference.ts';
import { pairUp } from './pairing.ts';

export interface Pattern {
  /** Of what stands in the file. */
  schema: z.ZodType;
  /** @returns nothing where `got` is as `wanted` says */
  compare(wanted: unknown, got: unknown, path: string): Difference[];
}

/** Plain values: equal or not. */
export function value(schema: z.ZodType): Pattern {
  return { schema, compare: (wanted, got, path) => (Object.is(wanted, got) ? [] : [{ path, wanted, got }]) };
}

export const text = value(z.string({ error: expecting('text') }));
export const truth = value(z.boolean({ error: expecting('true or false') }));
export const integer = value(z.int({ error: expecting('a whole number') }));

/** An IP address, compared as a value: `FD00:0::1` is `fd00::1`. */
export const address: Pattern = {
  schema: z.string({ error: expecting('an IP address') }),
  compare: (wanted, got, path) => (sameValue(wanted, got) ? [] : [{ path, wanted, got }]),
};

/** A mapping of known fields, each of which may be left out, or null for "not there". */
export function item(fields: Readonly<Record<string, Pattern>>): Pattern {
  const shape = Object.entries(fields).map(([name, { schema }]) => [name, schema.nullable().optional()] as const);
  return {
    schema: section(Object.fromEntries(shape)),
    compare: (wanted, got, path) => {
      if (!isMapping(got)) return [{ path, wanted, got }];
      return compareFields(wanted as Fields, got, path, (name) => fields[name]!);
    },
  };
}

/** A mapping from any key: those that are named must be as wanted, others may be there. */
export function someOf(pattern: Pattern): Pattern {
  return {
    schema: z.record(z.string(), pattern.schema.nullable(), { error: expecting('a mapping') }),
    compare: (wanted, got, path) => compareFields(wanted as Fields, (got ?? {}) as Fields, path, () => pattern),
  };
}

/** A mapping from any key, complete. */
export function allOf(pattern: Pattern): Pattern {
  const some = someOf(pattern);
  return {
    ...some,
    compare: (wanted, got, path) => {
      const extra = Object.entries((got ?? {}) as Fields).filter(([key]) => !Object.hasOwn(wanted as Fields, key));
      return [
        ...some.compare(wanted, got, path),
        ...extra.map(([key, value]) => ({ path: `${path}.${key}`, wanted: undefined, got: value })),
      ];
    },
  };
}

/** A list in this order. */
export function sequence(pattern: Pattern): Pattern {
  return {
    schema: z.array(pattern.schema, { error: expecting('a list') }),
    compare: (wanted, got, path) => {
      const [wants, gots] = [wanted as unknown[], (got ?? []) as unknown[]];
      return Array.from({ length: Math.max(wants.length, gots.length) }, (_, i) => {
        const at = `${path}[${i}]`;
        if (i >= wants.length || i >= gots.length) return [{ path: at, wanted: wants[i], got: gots[i] }];
        return pattern.compare(wants[i], gots[i], at);
      }).flat();
    },
  };
}

/** A list in any order: what is wanted and what is there pair up one to one, with nothing left over. */
export function completeSet(pattern: Pattern): Pattern {
  return {
    schema: z.array(pattern.schema, { error: expecting('a list') }),
    compare: (wanted, got, path) => {
      const [wants, gots] = [wanted as unknown[], (got ?? []) as unknown[]];
      const partners = pairUp(
        wants.length,
        gots.length,
        (i, j) => pattern.compare(wants[i], gots[j], path).length === 0,
      );
      const taken = new Set(partners);
      const left = gots.flatMap((value, j) => (taken.has(j) ? [] : [value]));
      const missing = wants.flatMap((value, i) => (partners[i] === -1 ? [{ i, value }] : []));
      return missingOrNear(missing, left, pattern, path);
    },
  };
}

/** The same, told as a whole: both lists, not what is missing and what is too much. */
export function wholeSet(pattern: Pattern): Pattern {
  const set = completeSet(pattern);
  return {
    ...set,
    compare: (wanted, got, path) => (set.compare(wanted, got, path).length === 0 ? [] : [{ path, wanted, got }]),
  };
}

/** A list whose order and repetitions do not matter. */
export function plainSet(pattern: Pattern): Pattern {
  const set = completeSet(pattern);
  return { ...set, compare: (wanted, got, path) => set.compare(unique(wanted), unique(got ?? []), path) };
}

type Fields = Record<string, unknown>;

function compareFields(wanted: Fields, got: Fields, path: string, patternOf: (name: string) => Pattern): Difference[] {
  return Object.entries(wanted).flatMap(([name, want]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (want === undefined) return [];
    const have = got[name] ?? undefined;
    if (want === null) return have === undefined ? [] : [{ path: at, wanted: undefined, got: have }];
    return have === undefined ? [{ path: at, wanted: want, got: have }] : patternOf(name).compare(want, have, at);
  });
}

/**
 * Each unpaired want beside the most similar of what is left over. Where they differ in part only the difference is told;
 * else that one is missing and the other is too much.
 */
function missingOrNear(
  missing: { i: number; value: unknown }[],
  left: unknown[],
  pattern: Pattern,
  path: string,
): Difference[] {
  const rest = [...left];
  const told = missing.flatMap(({ i, value }) => {
    const at = `${path}[${i}]`;
    const candidates = rest.map((got, j) => ({ j, differences: pattern.compare(value, got, at) }));
    const [nearest] = candidates.toSorted((a, b) => a.differences.length - b.differences.length);
    const isPart = nearest?.differences.every((difference) => difference.path !== at) ?? false;
    if (nearest === undefined || !isPart) return [{ path: at, wanted: value, got: undefined }];
    rest.splice(nearest.j, 1);
    return nearest.differences;
  });
  return [...told, ...rest.map((got) => ({ path, wanted: undefined, got }))];
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  return typeof a === 'string' && typeof b === 'string' && familyOf(a) !== null && sameIP(a, b);
}

function unique(list: unknown): unknown[] {
  return [...new Set(list as unknown[])];
}

function isMapping(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
