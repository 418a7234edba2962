import type { Advice } from '../input/faults.ts';

/** A question that this scenario has no answer to. */
export class NothingToAsk extends Error {
  readonly advice: Advice;

  constructor(message: string, advice: Advice) {
    super(message);
    this.advice = advice;
  }
}
