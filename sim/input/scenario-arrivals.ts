import { z } from 'zod';
import { parseDuration } from '../cluster/duration.ts';
import { timesOf } from './access-log.ts';
import type { ArrivalProcess } from './scenario.ts';
import { distribution } from './scenario-distribution.ts';
import { complain, count, duration, expecting, positiveDuration, refuse, section, share } from './scenario-fields.ts';
import type { World } from './world.ts';

/** More requests a second than this from one source is taken for a slip: it would take hours to simulate a minute. */
const HIGHEST_RATE = 1e6;
/** Each is kept in memory. */
const MOST_USERS = 1e6;
const MOST_LINES = 5e7;

const ratePerSecond = z.number().min(0).max(HIGHEST_RATE);

/** A constant, or points in time between which the value goes in straight lines. */
export function curve(value: z.ZodType<number>, what: string, example = '400, or {0s: 80, 20m: 400}') {
  return z
    .union([value, z.record(z.string(), value)], { error: expecting(`${what}: ${example}`) })
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
      if (points[0] === undefined) return refuse(ctx, 'there is no point', { expected: '{0s: 80, 20m: 400}' });
      if (points[0][0] !== 0) complain(ctx, 'the first point must be at 0s', { fix: `add 0s: ${points[0][1]}` });
      points.forEach(([time], i) => {
        if (time === points[i - 1]?.[0])
          complain(ctx, 'two points at the same time', { fix: 'let one follow 1ns later for a step' });
      });
      return points;
    })
    .refine((points) => points.some(([, value]) => value > 0), 'no request would ever arrive: it is 0 all the time');
}

const rate = curve(ratePerSecond, 'requests per second');

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
  daily: section({
    low: ratePerSecond.describe('At the quietest hour of the day.'),
    high: ratePerSecond.positive().describe('At the busiest.'),
    highAt: duration().prefault('20h').describe('Time of day of the busiest hour; the quietest is twelve hours away.'),
    from: duration().prefault('0h').describe('Time of day at which the run begins.'),
  })
    .optional()
    .describe('Independent arrivals whose rate goes up and down once a day, as a cosine.'),
  flashCrowd: section({
    base: ratePerSecond.describe('Before and after.'),
    peak: ratePerSecond.positive(),
    at: duration().describe('When it begins to rise.'),
    rise: positiveDuration().prefault('30s').describe('From the base to the peak.'),
    hold: duration().prefault('5m').describe('At the peak.'),
    fall: positiveDuration().prefault('15m').describe('Back to the base.'),
  })
    .optional()
    .describe('Independent arrivals whose rate jumps, stays and falls again.'),
  periodic: section({
    every: positiveDuration().describe('Each caller comes once in this time.'),
    callers: count(1).max(MOST_USERS).default(1).describe('How many call.'),
    spread: z
      .boolean()
      .default(false)
      .describe('Their phases are spread evenly; false: all call at the same moment, the thundering herd.'),
    jitter: duration()
      .prefault('0s')
      .describe('Each time a caller comes up to so much later, drawn anew; at most `every`.'),
  })
    .optional()
    .describe('Programs that call by the clock, such as cron jobs and pollers.'),
  users: section({
    count: curve(z.number().min(0).max(MOST_USERS), 'users').describe(
      'How many there are; a number, or a mapping of times to numbers with straight lines between.',
    ),
    think: distribution.describe('From an answer to the same user’s next request.'),
    session: section({
      requests: z
        .number()
        .min(1)
        .describe('Requests until the user goes away, on average: after each, with one chance in so many.'),
      away: distribution.describe('Until the user is back.'),
    })
      .optional()
      .describe('Default: nobody ever goes away.'),
    afterFailure: positiveDuration()
      .prefault('1s')
      .describe('A user whose request has failed, all presses of reload included, waits so long at least.'),
    leave: share().default(0).describe('Share of failed requests after which the user leaves for good.'),
  })
    .optional()
    .describe(
      'A closed loop: each user has one request at a time, thinks, and makes the next. Patience and reloading are the client’s `timeout` and `retries`.',
    ),
  batch: section({
    at: duration().prefault('0s').describe('When the first begins.'),
    every: positiveDuration().optional().describe('Another begins each time. Default: there is one.'),
    requests: count(1).max(MOST_LINES).describe('Of one batch.'),
    workers: count(1).max(MOST_USERS).default(1).describe('Requests under way at a time.'),
  })
    .optional()
    .describe('Jobs that make so many requests as fast as they are answered.'),
  replay: z
    .union(
      [
        z.array(duration()).min(1),
        section({
          file: z.string().min(1).describe('Relative to this file.'),
          paths: z
            .string()
            .optional()
            .describe('Only requests to this path: `/checkout`, or with a star at its end for all below: `/api/*`.'),
          speed: z.number().positive().default(1).describe('2: twice as fast.'),
        }),
      ],
      { error: expecting('{file: access.log}, or a list of times: [0s, 1.5s]') },
    )
    .optional()
    .describe(
      'At the times of an access log in the common or combined format, or of a CSV file with a column `time` (and `path`); or at these times from the start.',
    ),
};

/** @returns what the one named process is, or undefined after a complaint */
export function arrivals(world: World) {
  return z
    .union([rate, section(processes)], {
      error: expecting('requests per second: 400, or {poisson: {rate: {0s: 80, 20m: 400}}}'),
    })
    .transform((given, ctx): ArrivalProcess => {
      if (Array.isArray(given)) return { kind: 'poisson', rate: given };
      const named = Object.keys(given);
      if (named.length !== 1) {
        return refuse(ctx, named.length === 0 ? 'no arrivals are given' : `${named.join(' and ')} together`, {
          expected: `one of ${Object.keys(processes).join(', ')}`,
        });
      }
      const { poisson, renewal, bursts, mmpp, daily, flashCrowd, periodic, users, batch, replay } = given;
      if (poisson !== undefined) return { kind: 'poisson', rate: poisson.rate };
      if (renewal !== undefined) return { kind: 'renewal', gap: renewal.gap };
      if (bursts !== undefined) return { kind: 'bursts', ...bursts };
      if (mmpp !== undefined) return { kind: 'mmpp', phases: mmpp.phases };
      if (daily !== undefined) return { kind: 'poisson', rate: dailyCurve(daily) };
      if (flashCrowd !== undefined) return { kind: 'poisson', rate: crowdCurve(flashCrowd) };
      if (users !== undefined) return { kind: 'users', ...users, session: users.session ?? null };
      if (batch !== undefined) return { kind: 'batch', ...batch, every: batch.every ?? Infinity };
      if (periodic !== undefined) {
        if (periodic.jitter > periodic.every)
          return refuse(ctx, 'jitter is more than every', { expected: 'at most one period' }, ['periodic', 'jitter']);
        return { kind: 'periodic', ...periodic };
      }
      if (Array.isArray(replay)) return { kind: 'replay', times: replay.toSorted((a, b) => a - b) };
      const log = world.logs.get(replay!.file);
      if (log === undefined) return { kind: 'replay', times: [] }; // it could not be read: that has been said
      const times = timesOf(log, replay!.paths);
      if (times.length === 0) {
        const message =
          log.paths === null ? 'the file has no column path' : `no request of the file is to ${replay!.paths}`;
        return refuse(ctx, message, { expected: 'a path of the log' }, ['replay', 'paths']);
      }
      return { kind: 'replay', times: times.map((time) => Math.round(time / replay!.speed)) };
    });
}

const HOUR = 3600e9;
/** Of the curve of a day: straight lines between. */
const STEP = HOUR / 6;

/** @returns points for the longest run, 104 days; a run reads no further than it goes */
function dailyCurve({
  low,
  high,
  highAt,
  from,
}: Record<'low' | 'high' | 'highAt' | 'from', number>): [number, number][] {
  return Array.from({ length: 104 * 24 * 6 }, (_, i): [number, number] => {
    const phase = (i * STEP + from - highAt) / (24 * HOUR);
    return [i * STEP, low + ((high - low) * (1 + Math.cos(2 * Math.PI * phase))) / 2];
  });
}

function crowdCurve(crowd: Record<'base' | 'peak' | 'at' | 'rise' | 'hold' | 'fall', number>): [number, number][] {
  const { base, peak, at, rise, hold, fall } = crowd;
  const start: [number, number][] = at === 0 ? [] : [[0, base]];
  const end = at + rise + hold;
  const plateau: [number, number][] =
    hold === 0
      ? [[end, peak]]
      : [
          [at + rise, peak],
          [end, peak],
        ];
  return [...start, [at, base], ...plateau, [end + fall, base]];
}
