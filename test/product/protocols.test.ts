import { describe, expect, test } from 'vitest';
import { outcomeOf } from './runs.ts';
import { type App, attemptsOf, countOutcomes, FAST, SECOND, type SmallWorld, scenarioOf } from './worlds.ts';

const quick = { serviceTime: '1ms', cores: 8, concurrency: 1000 };
const DUAL = { podCIDRv6: 'fd00:10:244::/48' };

/** `client` Pods send to `app`, whose Service has other protocols and families than usual. */
function world(more: Partial<SmallWorld>, app: Partial<App> = {}, traffic: object = {}): SmallWorld {
  return {
    apps: [
      { name: 'client', replicas: 4, behaviour: quick },
      { name: 'app', replicas: 3, behaviour: quick, ...app },
    ],
    rate: 50,
    duration: '60s',
    cluster: { network: FAST, ...more.cluster },
    clients: { web: { timeout: '1s', connections: { connectTimeout: '500ms' } } },
    traffic: { from: 'deployment/client', to: 'http://app', ...traffic },
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'cluster')),
  };
}

function run(small: SmallWorld) {
  const outcome = outcomeOf(scenarioOf(small));
  const rows = attemptsOf(outcome.trace);
  const within = (from: number, to: number) =>
    rows.filter(({ startedAt }) => startedAt >= from * SECOND && startedAt < to * SECOND);
  return { ...outcome, rows, within };
}

const udp = {
  container: { ports: [{ name: 'stats', containerPort: 8125, protocol: 'UDP' }] },
  service: { type: 'ClusterIP', ports: [{ port: 8125, protocol: 'UDP', targetPort: 'stats' }] },
};

describe('UDP', () => {
  const ask = { to: 'udp://app:8125' };
  const gone = { timeline: [{ at: '20s', scale: 'deployment/app', replicas: 1 }] };

  test('a client’s socket is one flow: connection tracking sends all of it to one Pod, whatever the rules would draw', () => {
    const { rows, summary } = run(world({}, udp, ask));
    expect(summary.requests.ok! + summary.requests.inFlight!).toBe(summary.requests.sent);
    const targets = new Set(rows.map(({ target }) => target));
    // Four sockets, so at most four Pods, and over 3,000 datagrams no client changes: with a pick for each, all three would be even.
    expect(targets.size).toBeLessThanOrEqual(3);
    const shares = [...targets].map((target) => rows.filter((row) => row.target === target).length / rows.length);
    for (const share of shares) expect(Math.abs(share * 4 - Math.round(share * 4))).toBeLessThan(0.2);
  });

  test.each(['iptables', 'nftables', 'ipvs', 'ebpf'])(
    '%s: entries of an endpoint that has gone are deleted, and its clients go elsewhere',
    (mode) => {
      const { within } = run(world({ ...gone, cluster: { dataPlane: { mode } } }, udp, ask));
      const after = countOutcomes(within(25, 58));
      expect(Object.keys(after)).toEqual(['ok']);
      expect(after.ok).toBeGreaterThan(1400);
    },
  );

  test('where nobody deletes them, a busy client sends into nothing to the end', () => {
    const { within } = run(world({ ...gone, cluster: { conntrack: { cleanUDP: false } } }, udp, ask));
    const after = countOutcomes(within(25, 58));
    expect(after.requestTimeout).toBeGreaterThan(200);
    expect(after.ok).toBeGreaterThan(200);
  });

  test('a flow that rests for longer than its entry is drawn anew', () => {
    const rare = { ...ask, arrivals: { renewal: { gap: '125s' } } };
    const one = {
      apps: [
        { name: 'client', behaviour: quick },
        { name: 'app', replicas: 3, behaviour: quick, ...udp },
      ],
    };
    const { rows } = run({ ...world({}, {}, rare), ...one, duration: '2h' });
    expect(rows.length).toBeGreaterThan(50);
    expect(new Set(rows.map(({ target }) => target)).size).toBe(3);
  });

  test('a Service without endpoints refuses, as far as the node tells', () => {
    const { rows } = run(world({}, { ...udp, replicas: 0 }, ask));
    const counts = countOutcomes(rows);
    // Each of four Pods is told six times at once and then once a second.
    expect(counts.refused).toBeGreaterThan(200);
    expect(counts.refused).toBeLessThan(4 * (6 + 61));
    expect(counts.requestTimeout).toBeGreaterThan(2000);
  });

  test('asking a TCP port by UDP is an error with its place', () => {
    expect(() => scenarioOf(world({}, {}, { to: 'udp://app:80' }))).toThrow(/Service "app" has no UDP port 80/);
  });
});

test('SCTP: an association is picked like a connection', () => {
  const sctp = {
    container: { ports: [{ name: 'sig', containerPort: 3868, protocol: 'SCTP' }] },
    service: { type: 'ClusterIP', ports: [{ port: 3868, protocol: 'SCTP', targetPort: 'sig' }] },
  };
  const { rows, summary } = run(world({}, sctp, { to: 'sctp://app:3868' }));
  expect(summary.requests.ok! + summary.requests.inFlight!).toBe(summary.requests.sent);
  expect(new Set(rows.map(({ target }) => target)).size).toBe(3);
});

describe('IPv6', () => {
  const dual = {
    service: {
      type: 'ClusterIP',
      ipFamilyPolicy: 'RequireDualStack',
      ipFamilies: ['IPv4', 'IPv6'],
      ports: [{ port: 80, targetPort: 'http' }],
    },
  };

  test.each(['iptables', 'nftables', 'ipvs', 'ebpf'])('%s: clients reach the Pods by their IPv6 addresses', (mode) => {
    const { rows, summary } = run(world({ cluster: { ...DUAL, dataPlane: { mode } } }, dual, { family: 'IPv6' }));
    expect(summary.requests.ok! + summary.requests.inFlight!).toBe(summary.requests.sent);
    expect(new Set(rows.map(({ target }) => target)).size).toBe(3);
  });

  test('a Service that has none is not found', () => {
    const { summary } = run(world({ cluster: DUAL }, {}, { family: 'IPv6' }));
    expect(summary.requests.dnsFailure! + summary.requests.inFlight!).toBe(summary.requests.sent);
  });

  test('a Pod that goes takes its IPv6 address with it', () => {
    const { within } = run(
      world({ cluster: DUAL, timeline: [{ at: '20s', restart: 'deployment/app' }] }, dual, { family: 'IPv6' }),
    );
    expect(Object.keys(countOutcomes(within(40, 58)))).toEqual(['ok']);
    expect(new Set(within(40, 58).map(({ target }) => target)).size).toBe(3);
  });
});

describe('by which address of the Service', () => {
  const nodePort = { service: { type: 'NodePort', ports: [{ port: 80, targetPort: 'http', nodePort: 30080 }] } };
  const outcomes = (small: SmallWorld) =>
    Object.keys(countOutcomes(run(small).rows)).filter((name) => name !== 'inFlight');

  test('Pods may use a node port, which any node answers', () => {
    expect(outcomes(world({}, nodePort, { entry: 'nodePort' }))).toEqual(['ok']);
  });

  test('and a load balancer’s address, which their own node takes for it', () => {
    expect(outcomes(world({}, { service: { type: 'LoadBalancer' } }, { entry: 'loadBalancer' }))).toEqual(['ok']);
  });

  test('under externalTrafficPolicy Local a node without an endpoint still serves Pods, and not users', () => {
    const local = { ...nodePort, replicas: 1 };
    local.service = { ...nodePort.service, externalTrafficPolicy: 'Local' } as never;
    expect(outcomes(world({}, local, { entry: 'nodePort' }))).toEqual(['ok']);
  });

  test('no way leads from outside to a cluster IP', () => {
    expect(outcomes(world({}, { service: { type: 'ClusterIP' } }, { from: 'external', entry: 'clusterIP' }))).toEqual([
      'connectTimeout',
    ]);
    expect(outcomes(world({}, { service: { type: 'ClusterIP' } }, { entry: 'clusterIP' }))).toEqual(['ok']);
  });

  test('a firewall before the nodes drops what it does not let in, from outside alone', () => {
    const closed = { cluster: { nodeFirewall: [443, '31000-32767'] } };
    const open = { cluster: { nodeFirewall: [443, '30000-30100'] } };
    expect(outcomes(world(closed, nodePort, { from: 'external' }))).toEqual(['connectTimeout']);
    expect(outcomes(world(open, nodePort, { from: 'external' }))).toEqual(['ok']);
    expect(outcomes(world(closed, nodePort, { entry: 'nodePort' }))).toEqual(['ok']);
  });
});

describe('a connection to an endpoint that has gone', () => {
  // A node dies at 20 s with one of three Pods on it; requests to it are met by silence until its lease has run out.
  const small = (resetConnections: boolean): SmallWorld => ({
    ...world(
      { duration: '150s', cluster: { dataPlane: { resetConnections } } },
      { container: { resources: { requests: { cpu: '40' } } } },
    ),
    clients: { web: { connections: { keepAlive: '60s', connectTimeout: '5s' } } },
    timeline: [{ at: '20s', fail: { node: 'node/node-1' } }],
  });
  const worst = (resetConnections: boolean) => {
    const { rows } = run(small(resetConnections));
    const lost = rows.filter(
      ({ startedAt, connectedAt }) => startedAt > 20 * SECOND && startedAt < 70 * SECOND && connectedAt >= 0,
    );
    return countOutcomes(lost);
  };

  test('waits for an answer as long as its client does', () => {
    const outcomes = worst(false);
    expect(outcomes.reset ?? 0).toBe(0);
    expect(outcomes.inFlight).toBeGreaterThan(1); // one connection a client
  });

  test('is reset within a second of its node’s hearing, where somebody does so', () => {
    const outcomes = worst(true);
    expect(outcomes.reset).toBeGreaterThan(1);
    expect(outcomes.inFlight ?? 0).toBe(0);
  });
});
