import { afterEach, expect, test, vi } from 'vitest';
import { Servers } from '../../sim/traffic/servers.ts';
import { outcomeOf } from './runs.ts';
import { attemptsOf, countOutcomes, type SmallWorld, scenarioOf } from './worlds.ts';

/**
 * A SYN that is foreseen to be accepted is no event. Here the network is so slow that dozens are under way when things
 * change; each attempt must go as it does when every SYN is an event.
 */
afterEach(() => vi.restoreAllMocks());

const SLOW = { sameNode: '90ms', sameZone: '110ms', crossZone: '170ms', external: '230ms' };

const app = { name: 'app', replicas: 6, container: { lifecycle: { preStop: { sleep: { seconds: 1 } } } } };
const world: SmallWorld = {
  apps: [{ ...app, behaviour: { serviceTime: { exponential: '20ms' }, cores: 4, concurrency: 8 } }],
  cluster: { network: SLOW },
  rate: 400,
  duration: '60s',
  clients: { web: { timeout: '4s', connections: { keepAlive: '0s', connectTimeout: '3s' }, retries: { max: 1 } } },
};

const cases: Record<string, SmallWorld> = {
  'Pods drain and end': { ...world, timeline: [{ at: '20s', restart: 'deployment/app' }] },
  'Pods are killed, and their addresses go to others': {
    ...world,
    cluster: { network: SLOW, podIPReuse: '0s' },
    apps: [{ ...world.apps[0]!, container: {}, pod: { terminationGracePeriodSeconds: 0 } }],
    timeline: [{ at: '20s', restart: 'deployment/app' }],
  },
  'a node dies and comes back': { ...world, timeline: [{ at: '20s', fail: { node: 'node-1' }, for: '100ms' }] },
  'backlogs fill, and fill again': {
    ...world,
    rate: { '0s': 300, '20s': 2500, '30s': 300 },
    apps: [{ ...app, behaviour: { serviceTime: { exponential: '10ms' }, cores: 1, concurrency: 2, backlog: 58 } }],
  },
};

test.each(Object.entries(cases))('%s', (_, small) => {
  const foreseen = outcomeOf(scenarioOf(small));
  vi.spyOn(Servers.prototype, 'hasHadRoom').mockReturnValue(false);
  const seen = outcomeOf(scenarioOf(small));
  const attempts = attemptsOf(seen.trace);
  expect(attemptsOf(foreseen.trace)).toEqual(attempts);
  expect(Object.keys(countOutcomes(attempts)).length).toBeGreaterThan(1);
  expect(foreseen.counters.events).toBeLessThan(seen.counters.events);
});
