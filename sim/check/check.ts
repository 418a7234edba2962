import type { z } from 'zod';
import type { Message } from '../input/scenario.ts';
import type { Difference } from './match/difference.ts';
import type { Pattern } from './match/pattern.ts';
import type { TestWorld } from './world.ts';

/** One kind of question to a world: the key under `check:`. Its file is `checks/<key>.ts`, its row `registry.ts`. */
export interface Check<Fields = unknown, Expect = unknown> {
  readonly name: string;
  /** Of what stands under its key. */
  readonly fields: z.ZodType<Fields>;
  /** Of what stands under `expect:`. */
  readonly expect: z.ZodType<Expect>;
  /** A few words for a check that has no name: `dns A web.shop.svc.cluster.local.` */
  title(fields: Fields): string;
  /** @throws CannotCheck where the question makes no sense in this world: there is no such Pod */
  run(world: TestWorld, fields: Fields, expect: Expect): Verdict;
  /**
   * Where the API server would have refused an object of the test: may that be what the check expects?
   * @returns undefined: no; then the refusal is an error of the test
   */
  refused?(fields: Fields, expect: Expect, refusals: readonly Message[]): Verdict | undefined;
}

export interface Verdict {
  ok: boolean;
  expected: unknown;
  actual: unknown;
  /** Empty where `ok`. */
  differences: Difference[];
  /** The facts and rules that decided, a sentence each. */
  why: string[];
}

/** The question makes no sense in the world as it is: an error of the test. */
export class CannotCheck extends Error {}

/** The world answers, and the answer is none that an expectation may state: a failed check. */
export class Unanswered extends Error {
  readonly why: string[];

  constructor(message: string, why: string[]) {
    super(message);
    this.why = why;
  }
}

/** A check among others, its types being its own business. */
export function defineCheck<Fields, Expect>(check: Check<Fields, Expect>): Check {
  return check as Check;
}

/** The verdict where the expectation is a pattern. */
export function judge(pattern: Pattern, expected: unknown, actual: unknown, why: string[]): Verdict {
  const differences = pattern.compare(expected, actual, '');
  return { ok: differences.length === 0, expected, actual, differences, why };
}
