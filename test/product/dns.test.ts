import { describe, expect, test } from 'vitest';
import { meanInterval } from '../../sim/stats/student-t.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { birthDeath, erlangC } from '../theory/formulas.ts';
import { outcomeOf } from './runs.ts';
import { type Attempt, attemptsOf, countOutcomes, FAST, MS, SECOND, type SmallWorld, scenarioOf } from './worlds.ts';

/** Names looked up at simulated CoreDNS Pods. A Pod of `front` sends; every request opens a connection and so asks. */
interface Setting {
  dns?: object;
  resolver?: object;
  to?: string;
  rate?: number;
  duration?: string;
  seed?: number;
  more?: Partial<SmallWorld>;
}

const BACK = 'http://back.default.svc.cluster.local.'; // one candidate, the right one

function world({ dns = {}, resolver = {}, to = BACK, rate = 20, duration = '60s', seed = 1, more = {} }: Setting) {
  return scenarioOf({
    apps: [
      { name: 'front', replicas: 1 },
      { name: 'back', replicas: 1, behaviour: { serviceTime: '1us', cores: 100, concurrency: 1000 } },
    ],
    rate,
    duration,
    seed,
    clients: { web: { resolver } },
    cluster: { network: FAST, dns: { server: { serviceTime: '1ms' }, ...dns } },
    traffic: { from: 'deployment/front', to, discovery: 'dns' },
    ...more,
  });
}

function run(setting: Setting): { rows: Attempt[]; trace: Trace } {
  const { trace } = outcomeOf(world(setting));
  return { rows: attemptsOf(trace).filter(({ outcome }) => outcome !== 'inFlight'), trace };
}

function sum(trace: Trace, metric: string, labels: Record<string, unknown> = {}): number {
  const ids = trace
    .seriesOf(metric)
    .filter((id) => Object.entries(labels).every(([name, value]) => trace.tables.series[id]!.labels[name] === value));
  return ids.reduce((total, id) => total + trace.dense(id).reduce((a, b) => a + b, 0), 0);
}

/** From the beginning of an attempt to its connection, less the handshake's microseconds. */
const asked = ({ startedAt, connectedAt }: Attempt) => connectedAt - startedAt - 2000;

describe('how many queries a lookup costs', () => {
  test.each([
    { to: 'http://back', resolver: {}, names: 1 },
    { to: 'http://back.default', resolver: {}, names: 2 },
    { to: 'http://back.default.svc', resolver: {}, names: 3 },
    { to: 'http://back.default.svc.cluster.local', resolver: {}, names: 4 },
    { to: BACK, resolver: {}, names: 1 },
    { to: 'http://back.default.svc.cluster.local', resolver: { ndots: 2 }, names: 1 },
    { to: 'http://back.default.svc.cluster.local', resolver: { preset: 'musl' }, names: 4 },
    { to: 'http://back.default', resolver: { preset: 'go' }, names: 2 },
    { to: 'http://back', resolver: { preset: 'nginx' }, names: 1, once: true },
  ])('$to, $resolver: A and AAAA of $names', ({ to, resolver, names, once }) => {
    const { rows, trace } = run({ to, resolver });
    expect(countOutcomes(rows)).toEqual({ ok: rows.length });
    const lookups = sum(trace, 'dns.lookups', { outcome: 'found' });
    expect(Math.abs(lookups - (once ? 1 : rows.length))).toBeLessThanOrEqual(1);
    // a lookup under way at the end has not asked for all
    expect(Math.abs(sum(trace, 'dns.queries') - 2 * names * lookups)).toBeLessThan(2 * names);
  });

  test('a JVM asks again when 30 s are over, a program with the TTL too, and NodeLocal DNSCache before the server', () => {
    const lookups = (resolver: object) => sum(run({ resolver, duration: '100s' }).trace, 'dns.lookups');
    expect(lookups({ preset: 'jvm' })).toBe(4);
    expect(lookups({ cache: 'ttl' })).toBe(4);
    const { trace } = run({ dns: { nodeLocal: true }, duration: '100s' });
    expect(sum(trace, 'dns.queries')).toBe(8);
    expect(sum(trace, 'dns.local')).toBeGreaterThan(1900);
  });

  test('a short name means the Service of the client’s own namespace', () => {
    const { rows } = run({
      more: { traffic: { from: 'deployment/front', to: 'http://back.other', discovery: 'dns' }, manifests: [OTHER] },
    });
    expect(countOutcomes(rows)).toEqual({ refused: rows.length });
  });
});

/** In another namespace, and empty. */
const OTHER = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'back', namespace: 'other' },
  spec: { selector: { app: 'nobody' }, ports: [{ port: 80 }] },
};

describe('what a lost datagram costs', () => {
  const race = { conntrackRace: { probability: 1 } };
  test.each([
    { what: 'glibc waits five seconds, then asks one by one', dns: race, resolver: {}, seconds: 5 },
    {
      what: 'with single-request-reopen nothing races',
      dns: race,
      resolver: { singleRequestReopen: true },
      seconds: 0,
    },
    { what: 'nor from Go’s two sockets', dns: race, resolver: { preset: 'go' }, seconds: 0 },
    { what: 'nor over TCP to NodeLocal DNSCache', dns: { ...race, nodeLocal: true }, resolver: {}, seconds: 0 },
    { what: 'the timeout is resolv.conf’s', dns: race, resolver: { timeout: '1s' }, seconds: 1 },
  ])('$what', ({ dns, resolver, seconds }) => {
    const { rows } = run({ dns, resolver });
    expect(countOutcomes(rows)).toEqual({ ok: rows.length });
    for (const row of rows) expect(Math.round(asked(row) / (100 * MS)) / 10).toBe(seconds);
  });

  test('musl sends again after half of its five seconds, and loses again', () => {
    const { rows } = run({ dns: race, resolver: { preset: 'musl' } });
    for (const { outcome, startedAt, endedAt } of rows) {
      expect([outcome, endedAt - startedAt]).toEqual(['dnsFailure', 5 * SECOND]);
    }
  });

  // Its node dies: the address is there, and nobody answers. The other node is full, so that the server is not on it.
  const silent: Partial<SmallWorld> = {
    apps: ['front', 'back'].map((name) => ({
      name,
      pod: { nodeSelector: { pool: 'apps' } },
      behaviour: { serviceTime: '1us', cores: 100, concurrency: 1000 },
    })),
    cluster: {
      network: FAST,
      nodes: undefined,
      nodeGroups: [
        { name: 'apps', count: 1, cpu: 2, memory: '64Gi', labels: { pool: 'apps' } },
        { name: 'dns', count: 1, cpu: 2, memory: '64Gi' },
      ],
      dns: { server: { replicas: 1 } },
    },
    timeline: [{ at: '10s', fail: { node: 'dns-0' } }],
    duration: '80s',
  };
  test.each([
    { resolver: {}, to: BACK, seconds: 10 },
    { resolver: {}, to: 'http://back', seconds: 20 }, // then as it stands
    { resolver: { preset: 'go' }, to: 'http://back', seconds: 40 },
    { resolver: { preset: 'musl' }, to: 'http://back', seconds: 5 },
    { resolver: { attempts: 3, timeout: '1s' }, to: BACK, seconds: 3 },
  ])('silence: $resolver asks $to for $seconds s', ({ resolver, to, seconds }) => {
    const { rows } = run({ resolver, to, more: silent });
    const late = rows.filter(({ startedAt }) => startedAt > 11 * SECOND && startedAt < (58 - seconds) * SECOND);
    expect(late.length).toBeGreaterThan(100); // at 60 s the node counts as not ready, and its endpoint goes
    for (const { outcome, startedAt, endedAt } of late) {
      expect([outcome, endedAt - startedAt]).toEqual(['dnsFailure', seconds * SECOND]);
    }
  });

  test.each([
    { dns: 'down', resolver: {}, outcome: 'dnsFailure', seconds: 10 },
    { dns: 'servfail', resolver: {}, outcome: 'dnsFailure', seconds: 0 },
    { dns: 'servfail', resolver: { preset: 'musl' }, outcome: 'dnsFailure', seconds: 0 },
    { dns: 'slow', resolver: {}, outcome: 'ok', seconds: 2 },
    { dns: 'slow', resolver: { singleRequestReopen: true }, outcome: 'ok', seconds: 4 },
  ])('a server that is $dns: $resolver, $outcome after $seconds s', ({ dns, resolver, outcome, seconds }) => {
    const timeline = [{ at: '10s', dns, for: '40s', ...(dns === 'slow' ? { delay: '2s' } : {}) }];
    const { rows } = run({ resolver, duration: '70s', more: { timeline } });
    const broken = rows.filter(({ startedAt }) => startedAt > 10 * SECOND && startedAt < 35 * SECOND);
    expect(broken.length).toBeGreaterThan(300);
    for (const row of broken)
      expect([row.outcome, Math.round((row.endedAt - row.startedAt) / SECOND)]).toEqual([outcome, seconds]);
    const after = rows.filter(({ startedAt }) => startedAt > 50 * SECOND);
    expect(countOutcomes(after)).toEqual({ ok: after.length });
  });

  test('a fault of a server that is not simulated is refused', () => {
    const dns = { server: null };
    expect(() => world({ dns, more: { timeline: [{ at: '1s', dns: 'down' }] } })).toThrow('no DNS server is simulated');
  });

  test('no Pods: the node refuses at once', () => {
    const { rows } = run({ dns: { server: { replicas: 0 } } });
    for (const { outcome, startedAt, endedAt } of rows) {
      expect([outcome, endedAt - startedAt < MS]).toEqual(['dnsFailure', true]);
    }
  });

  test('a rollout of CoreDNS is not noticed: a Pod goes on answering while it leaves', () => {
    const timeline = [{ at: '20s', restart: 'kube-system/deployment/coredns' }];
    const { rows } = run({ more: { timeline } });
    expect(countOutcomes(rows)).toEqual({ ok: rows.length });
  });
});

describe('the server under load', () => {
  const MEAN = 0.01;
  const server = (cores: number, backlog: number) => ({
    server: { replicas: 1, serviceTime: { exponential: '10ms' }, concurrency: cores, cores, backlog },
  });
  const means = (setting: Setting, figure: (rows: Attempt[]) => number) =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => figure(run({ ...setting, seed }).rows));

  function expectMean(values: number[], theory: number): void {
    const { mean, halfWidth } = meanInterval(values, 0.999);
    expect(Math.abs(mean - theory), `mean ${mean} ± ${halfWidth}, theory ${theory}`).toBeLessThan(
      halfWidth + 0.002 * theory,
    );
    expect(halfWidth, 'the test must be able to fail').toBeLessThan(0.1 * theory);
  }

  test('A, then AAAA: each passes M/M/3 (queries that come back are a product form)', () => {
    const rate = 110;
    const load = 2 * rate * MEAN;
    const sojourn = MEAN + (erlangC(3, load) * MEAN) / (3 - load);
    const setting = { dns: server(3, 10_000), resolver: { singleRequestReopen: true }, rate, duration: '200s' };
    expectMean(
      means(setting, (rows) => rows.reduce((total, row) => total + asked(row), 0) / rows.length / SECOND),
      2 * sojourn,
    );
  });

  test('overload: of pairs that find no room for both the lookup fails, at its timeout', () => {
    const [rate, backlog] = [70, 12];
    const setting = {
      dns: server(1, backlog),
      resolver: { preset: 'go', attempts: 1, timeout: '2s' },
      rate,
      duration: '200s',
    };
    const failed = (rows: Attempt[]) => {
      for (const row of rows) {
        if (row.outcome === 'dnsFailure') expect(row.endedAt - row.startedAt).toBe(2 * SECOND);
      }
      return (countOutcomes(rows).dnsFailure ?? 0) / rows.length;
    };
    const states = pairs(rate, 1 / MEAN, backlog + 1);
    expectMean(means(setting, failed), states.at(-1)! + states.at(-2)!);
  });

  test('twice the load that the server bears: names fail, and the rest of the world is healthy', () => {
    const { rows, trace } = run({ dns: server(1, 256), rate: 100, duration: '60s' });
    expect((countOutcomes(rows).dnsFailure ?? 0) / rows.length).toBeGreaterThan(0.2);
    expect(sum(trace, 'dns.lost', { reason: 'dropped' })).toBeGreaterThan(100);
  });
});

/** M^[2]/M/1 with room for `size`: the shares of time in each state; of a pair that finds one place, one stays. */
function pairs(rate: number, mu: number, size: number): number[] {
  let states = birthDeath(Array(size).fill(rate), Array(size).fill(mu));
  const step = 1 / (rate + mu + 1);
  for (let i = 0; i < 200_000; i++) {
    const next = states.map((share) => share);
    states.forEach((share, n) => {
      const up = Math.min(size, n + 2);
      next[n]! -= share * step * rate;
      next[up]! += share * step * rate;
      if (n === 0) return;
      next[n]! -= share * step * mu;
      next[n - 1]! += share * step * mu;
    });
    states = next;
  }
  return states;
}
