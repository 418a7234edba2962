import type { Files } from '../input/files.ts';
import type { Message } from '../input/scenario.ts';
import type { Place } from '../input/tree.ts';
import { CannotCheck, Unanswered, type Verdict } from './check.ts';
import { createWorld } from './create-world.ts';
import { readTestFile } from './read-tests.ts';
import type { CheckStep, MalformedTest, TestDocument } from './test-document.ts';

export interface CheckResult {
  name: string;
  place: Place;
  ok: boolean;
  expected: unknown;
  actual: unknown;
  /** Why it could not be answered; null where it was. */
  error: string | null;
  differences: Verdict['differences'];
  why: string[];
}

export interface TestResult {
  file: string;
  name: string;
  place: Place;
  ok: boolean;
  checks: CheckResult[];
  /** What is wrong with the document, or with a step of it; then it counts as an error and not as failed. */
  errors: Message[];
  /** A fault of svclab's own, with its stack; null: none. */
  internal: string | null;
}

/** Every Test of a file, each in a world of its own. Never throws for what is in the file. */
export function runTestFile(file: string, files: Files): { results: TestResult[]; warnings: Message[] } {
  const { tests, warnings } = readTestFile(file, files);
  return { results: tests.map((test) => ('errors' in test ? malformed(test) : runTest(test))), warnings };
}

function runTest(test: TestDocument): TestResult {
  const { file, name, place } = test;
  const checks: CheckResult[] = [];
  const result = (errors: Message[], internal: string | null): TestResult => {
    const ok = errors.length === 0 && internal === null && checks.every((check) => check.ok);
    return { file, name, place, ok, checks, errors, internal };
  };
  let at = place;
  try {
    if (test.refusals.length > 0) return refused(test, checks, result);
    const world = createWorld(test.cluster, test.objects);
    for (const step of test.steps) {
      at = step.place;
      if (step.action === 'apply') world.apply(step.objects);
      else if (step.action === 'delete') world.delete(step.refs);
      else if (step.action === 'wait') world.wait(step.duration);
      else checks.push(answered(step, () => step.check.run(world, step.fields, step.expect)));
    }
    return result([], null);
  } catch (error) {
    if (error instanceof CannotCheck) return result([{ ...at, path: '', text: error.message }], null);
    return result([], (error as Error).stack ?? String(error));
  }
}

/** The API server would not take the objects: that is the answer, if every check of the test has one for it. */
function refused(
  { steps, refusals }: TestDocument,
  checks: CheckResult[],
  result: (errors: Message[], internal: null) => TestResult,
): TestResult {
  for (const step of steps as CheckStep[]) {
    const verdict = step.check.refused?.(step.fields, step.expect, refusals);
    if (verdict === undefined) return result([...refusals], null);
    checks.push(answered(step, () => verdict));
  }
  return result([], null);
}

function answered({ name, place, expect }: CheckStep, answer: () => Verdict): CheckResult {
  try {
    return { name, place, error: null, ...answer() };
  } catch (error) {
    if (error instanceof Unanswered) {
      const { message, why } = error;
      return { name, place, ok: false, expected: expect, actual: message, error: null, differences: [], why };
    }
    if (!(error instanceof CannotCheck)) throw error;
    return { name, place, ok: false, expected: expect, actual: null, error: error.message, differences: [], why: [] };
  }
}

function malformed({ file, name, place, errors }: MalformedTest): TestResult {
  return { file, name, place, ok: false, checks: [], errors, internal: null };
}
