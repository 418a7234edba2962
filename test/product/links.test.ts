import { describe, expect, test } from 'vitest';
import { outcomeOf } from './runs.ts';
import { attemptsOf, countOutcomes, MS, SECOND, type SmallWorld, scenarioOf } from './worlds.ts';

const attempts = (world: SmallWorld) => attemptsOf(outcomeOf(scenarioOf(world)).trace);

const shop = (link: object, more: Partial<SmallWorld> = {}): SmallWorld => ({
  apps: [{ name: 'app', replicas: 2, behaviour: { serviceTime: '10ms', cores: 64 } }],
  duration: '60s',
  rate: 100,
  cluster: { network: { external: '5ms' } },
  timeline: [{ at: '20s', link: { between: ['external'], ...link }, for: '20s' }],
  ...more,
});

const during = (world: SmallWorld) =>
  attempts(world).filter(({ startedAt, outcome }) => {
    return startedAt > 20.1 * SECOND && startedAt < 39 * SECOND && outcome !== 'inFlight';
  });

describe('a link', () => {
  test('that is slow delays each of the four packets of a request', () => {
    const latencies = new Set(during(shop({ delay: '7ms' })).map(({ startedAt, endedAt }) => endedAt - startedAt));
    expect(latencies).toEqual(new Set([4 * 12 * MS + 10 * MS]));
  });

  test('with jitter delays each by up to so much more, on average by half', () => {
    const all = during(shop({ jitter: '8ms' }));
    const mean = all.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0) / all.length;
    // 1,900 requests, each with a standard deviation of 2 · 8 / sqrt(12) ms: 0.1 ms is four of the mean's
    expect(Math.abs(mean - (30 + 16) * MS)).toBeLessThan(0.5 * MS);
  });

  test('that loses packets: SYNs come again after a second, data after 200 ms, doubling', () => {
    const loss = 0.2;
    const all = during(shop({ loss }, { rate: 400 }));
    const extra = all.map(({ startedAt, connectedAt, endedAt }) => ({
      syn: connectedAt - startedAt - 10 * MS,
      data: endedAt - connectedAt - 20 * MS,
    }));
    const share = (is: (each: { syn: number; data: number }) => boolean) => extra.filter(is).length / extra.length;
    const off = (found: number, theory: number) => Math.abs(found - theory);
    // 7,500 requests: four standard deviations are below 0.023
    expect(
      off(
        share(({ syn }) => syn === 0),
        (1 - loss) ** 2,
      ),
    ).toBeLessThan(0.023);
    expect(
      off(
        share(({ syn }) => syn >= SECOND),
        loss,
      ),
    ).toBeLessThan(0.023);
    expect(
      off(
        share(({ data }) => data === 0),
        (1 - loss) ** 2,
      ),
    ).toBeLessThan(0.023);
    // one of the two messages lost once: 200 ms
    expect(
      off(
        share(({ data }) => data === 200 * MS),
        2 * loss * (1 - loss) ** 2,
      ),
    ).toBeLessThan(0.023);
    const possible = new Set([0, 200, 400, 600, 800, 1200, 1400, 1600].map((ms) => ms * MS));
    expect(share(({ data }) => data < 1.7 * SECOND && !possible.has(data))).toBeLessThan(0.001);
  });

  test('that loses packets loses datagrams: request and answer must both survive, and nobody sends them again', () => {
    const loss = 0.2;
    const udp = {
      container: { ports: [{ name: 'stats', containerPort: 8125, protocol: 'UDP' }] },
      service: { ports: [{ port: 8125, protocol: 'UDP', targetPort: 'stats' }] },
    };
    const base = shop({ loss, delay: '7ms' }, { rate: 400, clients: { web: { timeout: '1s' } } });
    const apps = [{ ...base.apps[0]!, ...udp }];
    const all = during({ ...base, apps, traffic: { to: 'udp://app:8125' } });
    const answered = all.filter(({ outcome }) => outcome === 'ok');
    expect(Object.keys(countOutcomes(all)).sort()).toEqual(['ok', 'requestTimeout']);
    // 7,500 requests: four standard deviations
    expect(Math.abs(answered.length / all.length - (1 - loss) ** 2)).toBeLessThan(0.023);
    const latencies = new Set(answered.map(({ startedAt, endedAt }) => endedAt - startedAt));
    expect(latencies).toEqual(new Set([2 * 12 * MS + 10 * MS]));
  });

  test('that is cut: new connections time out, data on open ones arrives with the first copy after the cut', () => {
    const cut = { cut: true };
    const fresh = during(shop(cut, { clients: { web: { connections: { connectTimeout: '3s' } } } }));
    expect(countOutcomes(fresh.filter(({ startedAt }) => startedAt < 36 * SECOND))).toEqual({
      connectTimeout: expect.any(Number),
    });
    const kept = { web: { connections: { keepAlive: '60s', pool: 50 } } };
    const all = attempts(shop(cut, { clients: kept })).filter(({ startedAt }) => startedAt > 20.1 * SECOND);
    const hung = all.filter(({ startedAt, endedAt }) => endedAt - startedAt > 10 * SECOND);
    expect(hung.length).toBeGreaterThan(5);
    for (const { outcome, startedAt, endedAt } of hung.filter(
      ({ connectedAt, startedAt }) => connectedAt === startedAt,
    )) {
      expect(outcome).toBe('ok');
      // 0.2 · (2^n - 1) after it was sent, the first that is past 40 s
      const copies = Array.from({ length: 8 }, (_, n) => startedAt + 0.2 * SECOND * (2 ** n - 1));
      const first = copies.find((time) => time >= 40 * SECOND)!;
      expect(endedAt - first).toBe(20 * MS);
    }
  });

  test('between two zones leaves everything else alone', () => {
    const world: SmallWorld = {
      apps: [
        { name: 'front', replicas: 4, behaviour: { calls: [{ to: 'http://back', client: 'inner' }], cores: 8 } },
        { name: 'back', replicas: 4, behaviour: { serviceTime: '1ms', cores: 8 } },
      ],
      duration: '40s',
      rate: 200,
      cluster: { nodes: { count: 4, cpu: 3, memory: '8Gi', zones: ['a', 'b'] } },
      clients: { inner: { connections: { connectTimeout: '1s' } } },
      timeline: [{ at: '20s', link: { between: ['zone/a', 'zone/b'], cut: true } }],
    };
    const inner = attempts(world).filter(({ client }) => !client.startsWith('users'));
    const before = countOutcomes(inner.filter(({ startedAt }) => startedAt < 19 * SECOND));
    const after = countOutcomes(inner.filter(({ startedAt }) => startedAt > 21 * SECOND && startedAt < 38 * SECOND));
    expect(Object.keys(before)).toEqual(['ok']);
    const cutOff = after.connectTimeout! / (after.connectTimeout! + after.ok!);
    expect(cutOff).toBeGreaterThan(0.2);
    expect(cutOff).toBeLessThan(0.8);
  });
});
