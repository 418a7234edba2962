import { z } from 'zod';
import { parseDuration } from '../cluster/duration.ts';
import { serviceReference, workloadReference } from './references.ts';
import type { TrafficSource } from './scenario.ts';
import { clientReference } from './scenario-clients.ts';
import { discovery } from './scenario-discovery.ts';
import { distribution } from './scenario-distribution.ts';
import { cidr, complain, duration, expecting, positiveDuration, refuse, section } from './scenario-fields.ts';
import type { World } from './world.ts';

/** More requests a second than this from one source is taken for a slip: it would take hours to simulate a minute. */
const HIGHEST_RATE = 1e6;

const ratePerSecond = z.number().min(0).max(HIGHEST_RATE);

/** Requests per second: a constant, or points in time between which the rate goes in straight lines. */
const rate = z
  .union([ratePerSecond, z.record(z.string(), ratePerSecond)], {
    error: expecting('requests per second: 400, or {0s: 80, 20m: 400}'),
  })
  .transform((given, ctx): [number, number][] => {
    if (typeof given === 'number') return [[0, given]];
    const points: [number, number][] = [];
    for (const [time, value] of Object.entries(given)) {
      try {
        points.push([parseDuration(time), value]);
      } catch (error) {
        return refuse(ctx, (error as Error).message, { expected: 'a time from the start: 0s, 20m, 2h' }, [time]);
      }
    }
    points.sort(([a], [b]) => a - b);
    if (points[0] === undefined) return refuse(ctx, 'there is no rate', { expected: '{0s: 80, 20m: 400}' });
    if (points[0][0] !== 0) complain(ctx, 'the first point must be at 0s', { fix: `add 0s: ${points[0][1]}` });
    points.forEach(([time], i) => {
      if (time === points[i - 1]?.[0])
        complain(ctx, 'two points at the same time', { fix: 'let one follow 1ns later for a step' });
    });
    return points;
  })
  .refine((points) => points.some(([, value]) => value > 0), 'no request would ever arrive: every rate is 0');

const processes = {
  poisson: section({
    rate: rate.describe('Requests per second; a number, or a mapping of times to rates with straight lines between.'),
  })
    .optional()
    .describe('Independent arrivals (open loop).'),
  renewal: section({ gap: distribution.describe('From one arrival to the next.') })
    .optional()
    .describe('Independent gaps of any distribution; a constant one is a metronome.'),
  bursts: section({
    rate: ratePerSecond.positive().describe('While a burst lasts.'),
    on: distribution.describe('Length of a burst.'),
    off: distribution.describe('Between two.'),
  })
    .optional()
    .describe('On and off.'),
  mmpp: section({
    phases: z.array(section({ rate: ratePerSecond, mean: positiveDuration() })).min(2),
  })
    .optional()
    .describe('Poisson at the rate of a phase; a phase lasts for an exponential time and is followed by any other.'),
  replay: z.array(duration()).min(1).optional().describe('At these times from the start.'),
};

const arrivals = z
  .union([rate, section(processes)], {
    error: expecting('requests per second: 400, or {poisson: {rate: {0s: 80, 20m: 400}}}'),
  })
  .transform((given, ctx): TrafficSource['arrivals'] => {
    if (Array.isArray(given)) return { kind: 'poisson', rate: given };
    const named = Object.keys(given);
    if (named.length !== 1) {
      return refuse(ctx, named.length === 0 ? 'no arrivals are given' : `${named.join(' and ')} together`, {
        expected: `one of ${Object.keys(processes).join(', ')}`,
      });
    }
    const { poisson, renewal, bursts, mmpp, replay } = given;
    if (poisson !== undefined) return { kind: 'poisson', rate: poisson.rate };
    if (renewal !== undefined) return { kind: 'renewal', gap: renewal.gap };
    if (bursts !== undefined) return { kind: 'bursts', ...bursts };
    if (mmpp !== undefined) return { kind: 'mmpp', phases: mmpp.phases };
    return { kind: 'replay', times: replay!.toSorted((a, b) => a - b) };
  });

function source(world: World) {
  return section({
    name: z
      .string()
      .regex(/^[A-Za-z][\w-]*$/, 'must be a word: letters, digits, - and _')
      .describe('Name of the traffic in thresholds and reports.'),
    from: z
      .union([z.literal('external').transform(() => null), workloadReference(world)])
      .prefault('external')
      .describe(
        'Who sends: users outside the cluster (`external`), who arrive at the Service’s load balancer, or the Pods of a workload, each request from one of them at random.',
      ),
    addresses: cidr()
      .default('198.18.0.0/16')
      .describe('Addresses of users outside, as `loadBalancerSourceRanges` and affinity tell them apart.'),
    to: serviceReference(world).describe('The Service that they ask for, and its port.'),
    client: clientReference(world)
      .prefault('browser')
      .describe('The client policy: a name under `clients`, or a preset.'),
    discovery: discovery
      .prefault('dns')
      .describe('How sending Pods find the Service: a word, or shares of Pods. Users outside know its address.'),
    arrivals: arrivals.describe('How many arrive, and when.'),
  }).transform(({ to, ...rest }): TrafficSource => ({ ...rest, ...to }));
}

export function trafficSection(world: World) {
  return z
    .array(source(world))
    .min(1, 'there is no traffic, so nothing would happen')
    .superRefine((sources, ctx) => {
      const seen = new Set<string>();
      sources.forEach(({ name }, i) => {
        if (seen.has(name)) complain(ctx, `the traffic "${name}" is here twice`, {}, [i, 'name']);
        seen.add(name);
      });
    });
}
