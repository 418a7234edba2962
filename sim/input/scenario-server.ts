/** How the Pods of a workload work on requests, beyond the plain: sections of a `workloads:` entry. */
import { z } from 'zod';
import type { QueuePolicy } from './scenario.ts';
import { bytes, cpu, durationOrNone, positiveDuration, section, share } from './scenario-fields.ts';

/** @source RFC 8289; B. Maurer, “Fail at Scale”, ACM Queue 13 (2015): 5 ms and 100 ms */
const controlledDelay = section({
  target: positiveDuration().prefault('5ms').describe('Wait that is allowed while the queue has stood for `interval`.'),
  interval: positiveDuration().prefault('100ms').describe('Wait that is allowed otherwise.'),
});

export const queueSection = section({
  discipline: z
    .enum(['fifo', 'lifo', 'priority'])
    .default('fifo')
    .describe('Who gets the next free slot: first come, last come, or the highest `priority` of the client policies.'),
  maxWait: durationOrNone().prefault('none').describe('Who has waited so long for a slot gets 503.'),
  controlledDelay: controlledDelay
    .optional()
    .describe(
      'CoDel as Facebook’s servers have it: a queue that has stood for a while turns away all who waited for more than 5 ms.',
    ),
  dropAbandoned: z
    .boolean()
    .default(false)
    .describe(
      'Work whose caller has given up is not begun, and goes no further than its next call: the server hears of cancellations.',
    ),
})
  .prefault({})
  .transform(({ controlledDelay, ...rest }): QueuePolicy => ({ ...rest, controlledDelay: controlledDelay ?? null }));

export const cpuQuotaSection = section({
  cores: cpu().describe('CPU time per period, in cores: the container’s CPU limit.'),
  period: positiveDuration().prefault('100ms').describe('cfs_period_us of the kernel.'),
}).transform(({ cores, period }) => ({ quota: cores / 1000, period }));

export const contentionSection = section({
  alpha: share().prefault(0).describe('Share of the work that is done one at a time.'),
  beta: share().prefault(0).describe('Cost of each pair that has to agree.'),
});

export const warmupSection = section({
  slower: z.number().min(1).describe('How many times as long the first requests take.'),
  time: positiveDuration().prefault('30s').describe('Time constant: after it 37 % of that is left.'),
});

export const errorsSection = section({
  share: share().describe('Of the requests.'),
  status: z.int().min(400).max(599).default(500).describe('The answer.'),
  fast: z.boolean().default(false).describe('Without any work: the Pod that fails fastest looks the least loaded.'),
});

export const memorySection = section({
  base: bytes().describe('Of the process without requests.'),
  perRequest: bytes().describe(
    'Of each request that it works on. Beyond the containers’ memory limits the kernel kills it.',
  ),
});

export const cacheSection = section({
  hitRatio: share().describe('How often it answers in place of the call, when it is full.'),
  refill: positiveDuration().prefault('60s').describe('Time constant with which hits come back after a `flush`.'),
});
