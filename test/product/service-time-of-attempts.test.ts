import { describe, expect, test } from 'vitest';
import { outcomeOf } from './runs.ts';
import { type Attempt, attemptsOf, FAST, MS, type SmallWorld, scenarioOf } from './worlds.ts';

/** Exponential with this mean, ns: F̄(t) = e^(-t / mean). */
const MEAN = 100 * MS;
const survival = (time: number) => Math.exp(-time / MEAN);

/** So many cores that nobody waits: an attempt takes its service time and, within a thousandth of it, nothing else. */
const world = (client: object, behaviour: object = {}): SmallWorld => ({
  apps: [
    {
      name: 'app',
      replicas: 2,
      behaviour: { serviceTime: { exponential: '100ms' }, cores: 1000, concurrency: 1000, ...behaviour },
    },
  ],
  duration: '100s',
  rate: 200,
  cluster: { network: FAST },
  clients: { web: client as Record<string, unknown> },
});

/** By request, its attempts in their order. Requests that the end of the run cuts short are left out. */
function callsOf(world: SmallWorld): Attempt[][] {
  const calls = new Map<number, Attempt[]>();
  for (const each of attemptsOf(outcomeOf(scenarioOf(world)).trace))
    calls.set(each.request, [...(calls.get(each.request) ?? []), each]);
  const all = [...calls.values()].filter((call) => call.every(({ outcome }) => outcome !== 'inFlight'));
  for (const call of all) call.sort((a, b) => a.attempt - b.attempt);
  return all;
}

/** Is the share of calls that are so the one that is expected, within four standard deviations of a binomial count? */
function expectShare(calls: Attempt[][], is: (call: Attempt[]) => boolean, share: number): void {
  const found = calls.filter(is).length / calls.length;
  expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / calls.length));
}

const fails = (call: Attempt[]) => call.every(({ outcome }) => outcome === 'requestTimeout');
const retrying = (max: number) => ({ timeout: '100ms', retries: { max, backoff: { base: '10ms', max: '10ms' } } });

describe('retries against a service time that is drawn for each attempt', () => {
  test.each([0, 1, 3])('with %i of them a call fails with F̄(timeout)^attempts', (max) => {
    expectShare(callsOf(world(retrying(max))), fails, survival(100 * MS) ** (max + 1));
  });

  test('first attempts take as long with retries as without', () => {
    const first = (client: object) =>
      new Map(callsOf(world(client)).map(([each]) => [each!.startedAt, each!.endedAt] as const));
    const [without, withThree] = [first(retrying(0)), first(retrying(3))];
    for (const [startedAt, endedAt] of withThree) expect(without.get(startedAt)).toBe(endedAt);
  });

  test('of work that is slow because of the request itself, none is faster: a call fails with F̄(timeout)', () => {
    const calls = callsOf(world(retrying(3), { serviceTimePer: 'request' }));
    expectShare(calls, fails, survival(100 * MS));
    expect(calls.filter((call) => !fails(call) && call.length > 1)).toEqual([]);
  });
});

describe('a hedge after d', () => {
  const hedging = { hedging: { after: '50ms', max: 1 } };
  const longerThan = (time: number) => (call: Attempt[]) =>
    call.find(({ outcome }) => outcome === 'ok')!.endedAt - call[0]!.startedAt > time;

  test.each([75, 150, 250])('makes the tail that of min(X, d + Y): F̄(t) F̄(t - d) at %i ms', (ms) => {
    const tail = survival(ms * MS) * survival((ms - 50) * MS);
    expectShare(callsOf(world(hedging)), longerThan(ms * MS), tail);
  });

  test('gains nothing where all attempts of a call take equally long: F̄(t)', () => {
    const calls = callsOf(world(hedging, { serviceTimePer: 'request' }));
    expectShare(calls, longerThan(150 * MS), survival(150 * MS));
    for (const call of calls) expect(call[0]!.outcome).toBe('ok');
  });
});
