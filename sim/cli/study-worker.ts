import { workerData } from 'node:worker_threads';
import { type Job, runJob } from '../study/executor.ts';
import type { RunRecord } from '../study/record.ts';
import { inlineMore } from './compiler.ts';
import { type ThreadStart, threadHasLoaded } from './thread-pool.ts';

inlineMore();

const start = workerData as ThreadStart;

/** The work of one thread: replications of one scenario. */
export default function work(job: Job): RunRecord[] {
  return runJob(job, () => Atomics.load(start.stop, 0) !== 0);
}

threadHasLoaded(start);
