import type { Trace } from '../sim/trace/trace.ts';
import { clockText, durationText, percentText } from './clock-text.ts';
import type { Demand } from './data/demand.ts';

/** A bucket with fewer of its requests well ended than this counts as a bad one. */
const GOOD = 0.99;

/** What the run says of itself in a sentence; if it says nothing, what its figures say, without a cause. */
export function verdictOf(trace: Trace, demand: Demand): string {
  const { verdict } = trace.tables.summary;
  if (typeof verdict === 'string' && verdict !== '') return verdict;
  if (demand.totalEnded === 0) return 'No user request ended in this run.';
  const errors = demand.errorRatio.levels[0]!.sum;
  let [worst, bad] = [0, 0];
  errors.forEach((ratio, bucket) => {
    if (ratio > errors[worst]!) worst = bucket;
    if (ratio > 1 - GOOD) bad++;
  });
  const success = `${percentText(demand.successRatio)} of the user requests ended well`;
  if (bad === 0) return `A steady run: ${success}.`;
  const badTime = durationText(bad * trace.header.bucket);
  return `${success}; for ${badTime} fewer than 99 % did, at worst ${percentText(1 - errors[worst]!)} at ${clockText(worst * trace.header.bucket)}.`;
}
