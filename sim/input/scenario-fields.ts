/** The scalars of the Scenario format as zod schemas: each says what it expects and how to write it. */
import { z } from 'zod';
import { parseCIDR } from '../cluster/address.ts';
import { DURATION_PATTERN, parseDuration } from '../cluster/duration.ts';
import { parseBytes, parseQuantityMilli } from '../cluster/quantity.ts';
import type { Advice } from './faults.ts';

/** Says in a check what is wrong, what was expected and how to fix it; `path` leads to a part of the value. */
export function complain(
  ctx: z.RefinementCtx,
  message: string,
  { expected, fix }: Advice = {},
  path: PropertyKey[] = [],
): void {
  ctx.addIssue({ code: 'custom', message, path, params: { expected, fix } });
}

/** The same in a transform, which then has no value to give: `return refuse(…)`. */
export function refuse(ctx: z.RefinementCtx, message: string, advice: Advice = {}, path: PropertyKey[] = []): never {
  complain(ctx, message, advice, path);
  return z.NEVER;
}

/** Divides what is wrong from what was expected in the messages of `expecting` and `section`. */
export const EXPECTED = '\n';

/** A mapping whose fields are all known; the message of an unknown one carries the known names. */
export function section<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? `${EXPECTED}${Object.keys(shape).join(', ')}` : undefined),
  });
}

/** What to say of a value of a wrong type, or of none. */
export function expecting(expected: string) {
  return ({ input }: { input?: unknown }) => `${describe(input)}${EXPECTED}${expected}`;
}

const A_DURATION = 'a duration with its unit: 250us, 1.5s, 1h30m';

/** ns, from text with a unit. */
export function duration() {
  return z
    .string({ error: withoutUnit(A_DURATION) })
    .meta({ pattern: DURATION_PATTERN, examples: ['250us', '1.5s', '1h30m'] })
    .transform((text, ctx) => attempt(ctx, () => parseDuration(text), A_DURATION));
}

/** ns, more than 0. */
export function positiveDuration() {
  return duration().refine((ns) => ns > 0, 'must be longer than 0');
}

/** ns; Infinity for the word `none`. */
export function durationOrNone() {
  return z.union([z.literal('none').transform(() => Number.POSITIVE_INFINITY), positiveDuration()], {
    error: withoutUnit(`${A_DURATION}, or none`),
  });
}

const CORES = 'cores: 2, 0.5 or 500m';
const BYTES = 'bytes: 512Mi or 32Gi';
const A_SHARE = '0 to 1: 0.25, 25% or 1/4';

/** Thousandths of a core, from a Kubernetes quantity. */
export function cpu() {
  return z
    .union([z.number().positive(), z.string()], { error: expecting(CORES) })
    .transform((value, ctx) => attempt(ctx, () => parseQuantityMilli(String(value)), CORES))
    .refine((milli) => milli > 0, 'must be more than 0');
}

/** Bytes, from a Kubernetes quantity. */
export function bytes() {
  return z
    .union([z.number().positive(), z.string()], { error: expecting(BYTES) })
    .transform((value, ctx) => attempt(ctx, () => parseBytes(String(value)), BYTES))
    .refine((value) => value > 0, 'must be more than 0');
}

/** 0 to 1: `0.25`, `25%` or `1/4`. */
export function share() {
  return z
    .union([z.number(), z.string().meta({ examples: ['25%', '1/1000'] })], { error: expecting(A_SHARE) })
    .transform((value, ctx) => {
      const number = typeof value === 'number' ? value : readShare(value);
      if (number >= 0 && number <= 1) return number;
      return refuse(ctx, `${JSON.stringify(value)} is not a share`, { expected: A_SHARE });
    });
}

/** A block of IPv4 addresses. */
export function cidr() {
  return z.string().superRefine((text, ctx) => {
    try {
      parseCIDR(text);
    } catch (error) {
      complain(ctx, (error as Error).message);
    }
  });
}

export function count(minimum: number) {
  return z.int().min(minimum);
}

/** NaN if it is none. */
export function readShare(text: string): number {
  const [, number, percent, numerator, denominator] = /^(?:(\d*\.?\d+)(%?)|(\d+)\/(\d+))$/.exec(text) ?? [];
  if (number !== undefined) return Number(percent === '%' ? `${number}e-2` : number); // 99.9/100 is not 0.999
  return Number(numerator) / Number(denominator);
}

function attempt(ctx: z.RefinementCtx, parse: () => number, expected: string): number {
  try {
    return parse();
  } catch (error) {
    return refuse(ctx, (error as Error).message, { expected });
  }
}

function withoutUnit(expected: string) {
  return ({ input }: { input?: unknown }) => {
    const text = typeof input === 'number' ? `${input} has no unit: write ${input}s or ${input}ms` : describe(input);
    return `${text}${EXPECTED}${expected}`;
  };
}

function describe(input: unknown): string {
  if (input === undefined) return 'this field is required';
  if (input === null) return 'this is empty';
  if (Array.isArray(input)) return 'this is a list';
  return `this is ${typeof input === 'object' ? 'a mapping' : JSON.stringify(input)}`;
}
