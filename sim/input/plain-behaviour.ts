import type { WorkloadBehaviour } from './scenario.ts';

/** What a workload does that does not say more: first in, first out, on cores of its own, without anything that slows it. */
export const PLAIN_BEHAVIOUR = {
  scheduling: 'fifo',
  cpuQuota: null,
  queue: { discipline: 'fifo', maxWait: Number.POSITIVE_INFINITY, controlledDelay: null, dropAbandoned: false },
  backlogFull: 'drop',
  contention: null,
  warmup: null,
  serviceTimeOf: {},
  serviceTimePer: 'attempt',
  errors: null,
  memory: null,
  maxConnections: Number.POSITIVE_INFINITY,
  shutdown: 'finish',
} satisfies Partial<WorkloadBehaviour>;
