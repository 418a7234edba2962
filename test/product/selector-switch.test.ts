import { describe, expect, test } from 'vitest';
import { outcomeOf } from './runs.ts';
import { attemptsOf, countOutcomes, SECOND, type SmallWorld, scenarioOf } from './worlds.ts';

/** Two colours of one application, and a Service whose selector names one of them: what is sent to the other on old rules is answered. */
const service = (selector: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'api' },
  spec: { type: 'LoadBalancer', selector, ports: [{ port: 80, targetPort: 'http' }] },
});

function world(timeline: Record<string, unknown>[], more: Partial<SmallWorld> = {}): SmallWorld {
  return {
    apps: [
      { name: 'blue', replicas: 2 },
      { name: 'green', replicas: 2 },
    ],
    manifests: [service({ app: 'blue' })],
    traffic: { to: 'http://api' },
    rate: 50,
    duration: '60s',
    timeline,
    ...more,
  };
}

const toGreen = { at: '20s', apply: [service({ app: 'green' })] };

function attempts(small: SmallWorld) {
  return attemptsOf(outcomeOf(scenarioOf(small)).trace);
}

describe('a selector that is switched', () => {
  test.each<[string, Record<string, unknown>[], RegExp]>([
    ['until the nodes have heard of it, the old Pods answer', [toGreen], /^green-/],
    ['where kube-proxy is stuck, they go on', [{ at: '10s', stuckProxy: {} }, toGreen], /^blue-/],
  ])('%s', (_, timeline, last) => {
    const rows = attempts(world(timeline)).filter(({ outcome }) => outcome !== 'inFlight');
    expect(Object.keys(countOutcomes(rows))).toEqual(['ok']);
    expect(rows.at(-1)!.target).toMatch(last);
  });

  test('new connections are answered as those that were kept, by Pods that nobody has asked before', () => {
    const kept = { web: { connections: { keepAlive: '60s' } } };
    const late = { arrivals: { replay: ['21s', '22s', '23s'] } };
    for (const clients of [{}, kept]) {
      const traffic = { to: 'http://api', ...late };
      const rows = attempts(world([{ at: '10s', stuckProxy: {} }, toGreen], { clients, traffic }));
      expect(rows.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    }
  });

  test('back and forth, and under a Service that is deleted and comes again, none is wrong', () => {
    const small = world([
      { at: '10s', delete: 'service/api' },
      { at: '12s', apply: [service({ app: 'green' })] },
      { at: '30s', apply: [service({ app: 'blue' })] },
    ]);
    const { wrongBackend, ...others } = countOutcomes(attempts(small));
    expect(wrongBackend).toBeUndefined();
    expect(others.ok).toBeGreaterThan(1000);
  });
});

describe('a UDP port whose target is declared as TCP', () => {
  const udp = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'api' },
    spec: { selector: { app: 'blue' }, ports: [{ port: 53, protocol: 'UDP', targetPort: 8080 }] },
  };
  const small = world([], {
    apps: [{ name: 'blue', replicas: 2 }, { name: 'front' }],
    manifests: [udp],
    traffic: { from: 'deployment/front', to: 'udp://api:53' },
  });
  const { trace, story } = outcomeOf(scenarioOf(small));

  test('is closed: an ICMP error comes back', () => {
    const rows = attemptsOf(trace).filter(({ endedAt }) => endedAt < 59 * SECOND);
    expect(Object.keys(countOutcomes(rows))).toEqual(['refused']);
  });

  test('the story names both protocols', () => {
    expect(story.verdict).toMatch(/port 53 leads to UDP 8080 of its Pods, which listen at TCP 8080 \(http\) alone/);
  });
});
