import { z } from 'zod';
import { curve } from '../../input/scenario-arrivals.ts';
import { distribution } from '../../input/scenario-distribution.ts';
import { complain, count, duration, expecting, positiveDuration, section, share } from '../../input/scenario-fields.ts';
import { API_VERSION } from '../../input/scenario-schema.ts';

/** More would be memory for each of them and each of the Pods. */
const MOST_CLIENTS = 100_000;
const MOST_PODS = 20_000;
const MOST_LOAD = 100;

const factor = z.number().positive().max(1e6);
const load = z.number().min(0).max(MOST_LOAD);

const podGroup = section({
  count: count(1).max(MOST_PODS).describe('Pods of this kind.'),
  cores: count(1).max(1024).default(1).describe('Requests that one serves at a time.'),
  speed: factor.default(1).describe('2: each core is twice as fast.'),
  weight: z
    .number()
    .positive()
    .max(65_535)
    .default(1)
    .describe('What strategies are told of it; those that know no weights do not care.'),
});

const which = {
  pods: count(1).optional().describe('So many Pods, spread over all.'),
  zone: z
    .string()
    .regex(/^[a-z]$/, 'must be a letter: zones are a, b, c and so on')
    .optional()
    .describe('All Pods of a zone: `a` is the first.'),
};
const lasts = positiveDuration().optional().describe('Default: to the end.');

const faults = {
  slow: section({ ...which, for: lasts, by: factor.describe('So many times slower.') })
    .optional()
    .describe('Some Pods become slow.'),
  errors: section({
    ...which,
    for: lasts,
    share: share().default(1).describe('Of requests.'),
    after: duration().prefault('1ms').describe('How quickly it answers so.'),
  })
    .optional()
    .describe('Some Pods answer with errors at once: the black hole that attracts whoever counts requests in flight.'),
  down: section({
    ...which,
    for: lasts.describe('Until as many new ones are there. Default: none come.'),
    silent: z.boolean().default(false).describe('Their nodes end with them, so nobody refuses: packets vanish.'),
  })
    .optional()
    .describe('Some Pods end at once.'),
  restart: section({ ...which, every: positiveDuration().describe('From one Pod to the next.') })
    .optional()
    .describe('One Pod after the other is replaced: the new one joins, the old one ends what it has.'),
  antagonist: section({
    together: count(1).default(1).describe('Pods on one node, which feel the same.'),
    on: positiveDuration().describe('How long it is there, on average.'),
    off: positiveDuration().describe('How long it is away, on average.'),
    by: factor.min(1).describe('It makes Pods slower by 1 to so many times.'),
  })
    .optional()
    .describe('Others on the same nodes take the CPU at times, for the whole run.'),
};

const fault = section({ at: duration().optional().describe('When it begins.'), ...faults });

/** A workload in a file. */
export const workloadSection = section({
  apiVersion: z.literal(API_VERSION).describe('The version of this format.'),
  kind: z.literal('Workload').describe('The kind of this file.'),
  metadata: section({
    name: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a DNS label such as one-slow-pod')
      .describe('Name of the workload: lower case letters, digits and -.'),
    description: z.string().default('').describe('A sentence: what is hard about it.'),
  }).describe('Name and description.'),
  pods: z
    .union([count(1).max(MOST_PODS), z.array(podGroup).min(1)], {
      error: expecting('a number of Pods, or a list of groups: [{count: 50, speed: 2}, {count: 50}]'),
    })
    .default(100)
    .describe('The backends: how many, or groups of different ones.'),
  zones: count(1).max(26).default(3).describe('Pods, nodes, clients and proxies are spread over them in turn.'),
  nodes: count(1).max(5000).default(20).describe('Those of the clients: kernels that pick.'),
  proxies: count(1).max(1000).default(6).describe('Of the tier, for strategies that run in proxies.'),
  clients: z
    .union(
      [
        count(1).max(MOST_CLIENTS),
        section({
          count: count(1).max(MOST_CLIENTS),
          skew: z.number().min(0).max(5).default(0).describe('Exponent of a Zipf law over them; 0: all alike.'),
        }),
      ],
      { error: expecting('a number of clients, or {count: 200, skew: 1}') },
    )
    .default(200)
    .describe('Who makes requests.'),
  load: z
    .union(
      [
        curve(load, 'load, where 1 is all that the Pods can serve', '0.8, or {0s: 0.5, 20s: 0.9}'),
        section({
          phases: z
            .array(section({ load, mean: positiveDuration().describe('Length, on average.') }))
            .min(2)
            .max(100)
            .describe('A phase lasts for an exponential time and is followed by any other.'),
        }),
      ],
      { error: expecting('a load: 0.8, or {0s: 0.5, 20s: 0.9}, or {phases: [{load: 0.5, mean: 5s}, …]}') },
    )
    .default([[0, 0.8]])
    .describe(
      'Requests that arrive, as a share of what all Pods together can serve at the start: a number, points in time with straight lines between, or phases.',
    ),
  service: distribution.prefault({ exponential: '40ms' }).describe('How long a request takes a core of speed 1.'),
  requestsPerConnection: z
    .union([count(1), z.literal('unlimited')], { error: expecting('a number of requests, or unlimited') })
    .default(1)
    .describe(
      'After so many a client opens another connection. Only strategies in kernels, which pick by connection, care.',
    ),
  sessionMiss: factor
    .min(1)
    .default(1)
    .describe('A request takes so many times as long on a Pod that did not serve the same client before.'),
  network: section({
    sameZone: duration().prefault('100us').describe('One way.'),
    otherZone: duration().prefault('500us').describe('One way, between zones.'),
  })
    .prefault({})
    .describe('How far it is.'),
  backlog: count(0).max(1e6).default(1000).describe('Requests that may wait at a Pod; it refuses more.'),
  timeout: positiveDuration().prefault('10s').describe('Of a request; the Pod goes on with it nevertheless.'),
  propagation: duration().prefault('1s').describe('From the end of a Pod to when nobody picks it any more.'),
  coldStart: section({
    for: duration().describe('It becomes faster all the while.'),
    by: factor.min(1).describe('So many times slower it begins.'),
  })
    .prefault({ for: '0s', by: 1 })
    .describe('New Pods are slow at first.'),
  faults: z.array(fault).default([]).describe('What goes wrong: each with its time and one kind.'),
  duration: positiveDuration().prefault('60s').describe('Of one replication.'),
  warmUp: duration().prefault('10s').describe('Requests that arrive in it are not counted.'),
  window: positiveDuration().prefault('1s').describe('Length of the windows over which imbalance is measured.'),
}).superRefine((given, ctx) => {
  const { warmUp, duration: whole, window, zones } = given;
  if (warmUp >= whole) complain(ctx, 'warmUp is not shorter than duration', {}, ['warmUp']);
  if (window > whole - warmUp) complain(ctx, 'the window is longer than what is measured', {}, ['window']);
  const places = typeof given.pods === 'number' ? given.pods : given.pods.reduce((sum, { count }) => sum + count, 0);
  given.faults.forEach((each, i) => {
    const named = Object.keys(faults).filter((kind) => each[kind as keyof typeof faults] !== undefined);
    if (named.length !== 1) {
      const message = named.length === 0 ? 'no kind of fault is given' : `${named.join(' and ')} together`;
      complain(ctx, message, { expected: `one of ${Object.keys(faults).join(', ')}` }, ['faults', i]);
      return;
    }
    const [kind] = named as [keyof typeof faults];
    if (kind === 'antagonist') {
      if (each.at !== undefined)
        complain(ctx, 'an antagonist has no time: it comes and goes', { fix: 'leave at: out' }, ['faults', i, 'at']);
      return;
    }
    if (each.at === undefined) complain(ctx, 'at: is missing', { expected: 'when it begins: 20s' }, ['faults', i]);
    else if (each.at >= whole) complain(ctx, 'it begins after the end', {}, ['faults', i, 'at']);
    const { pods, zone } = each[kind]!;
    if (pods !== undefined && zone !== undefined)
      complain(ctx, 'pods and zone together', { fix: 'leave one of them out' }, ['faults', i, kind]);
    if (pods === undefined && zone === undefined && kind !== 'restart') {
      complain(ctx, 'which Pods?', { expected: 'pods: 1, or zone: a' }, ['faults', i, kind]);
    }
    if (pods !== undefined && pods > places) {
      complain(ctx, `there are ${places} Pods`, { expected: `at most ${places}` }, ['faults', i, kind, 'pods']);
    }
    if (zone !== undefined && zone.charCodeAt(0) - 97 >= zones) {
      complain(ctx, `there is no zone ${zone}`, { expected: `a to ${String.fromCharCode(96 + zones)}` }, [
        'faults',
        i,
        kind,
        'zone',
      ]);
    }
  });
});

/** The JSON Schema (draft 2020-12) of a workload, for editors. */
export function workloadJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(workloadSection, { io: 'input', target: 'draft-2020-12' });
  return { $schema, title: 'svclab Workload', ...schema };
}
