import type { Scenario } from '../input/scenario.ts';
import { type Observation, observeRun } from './observation.ts';
import type { RunRecord } from './record.ts';

/** Replications of one scenario. A pure function of it: whoever does it, and however often, the result is the same. */
export interface Job {
  readonly scenario: Scenario;
  readonly observation: Observation;
  readonly runs: readonly { readonly key: string; readonly seed: number }[];
}

/** Who does the runs: this thread, other threads, other machines. */
export interface Executor {
  /** Jobs that it works on at once. */
  readonly width: number;
  /** @returns the runs that were finished, in order; all of them unless it was stopped */
  run(job: Job): Promise<RunRecord[]>;
}

/** One run after the other, here. @param stopped asked now and then */
export function runJob({ scenario, observation, runs }: Job, stopped: () => boolean): RunRecord[] {
  const records: RunRecord[] = [];
  for (const { key, seed } of runs) {
    if (stopped()) break;
    const record = observeRun(scenario, seed, observation, stopped);
    if (record !== null) records.push({ key, ...record });
  }
  return records;
}

/** In this thread. */
export class InlineExecutor implements Executor {
  readonly width = 1;
  readonly #stopped: () => boolean;

  constructor(stopped: () => boolean = () => false) {
    this.#stopped = stopped;
  }

  async run(job: Job): Promise<RunRecord[]> {
    return runJob(job, this.#stopped);
  }
}
