import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IPFamily } from '../../sim/cluster/api/service.ts';
import { compileIptables } from '../../sim/dataplane/iptables/compile.ts';
import { decideIptables } from '../../sim/dataplane/iptables/decide.ts';
import { saveIptables } from '../../sim/dataplane/iptables/save.ts';
import { compileNftables } from '../../sim/dataplane/nftables/compile.ts';
import { decideNftables } from '../../sim/dataplane/nftables/decide.ts';
import { listNftables } from '../../sim/dataplane/nftables/list.ts';
import type { Decision, Packet } from '../../sim/dataplane/rules/packet.ts';
import type { ProxyInput } from '../../sim/dataplane/rules/proxy-input.ts';
import { proxyView } from '../../sim/dataplane/rules/proxy-view.ts';
import { inputOf, nodeOf, serviceOf, sliceOf } from '../kubernetes-objects.ts';
import { disagreements, expectedOutcome } from './agreement.ts';
import { Lab, type Place, type ProbeRequest, whatIsMissing } from './lab.ts';
import { BACKEND_PORTS, randomCluster } from './random-cluster.ts';
import { type Pair, pairsOf } from './targets.ts';

const missing = whatIsMissing();
if (missing !== null) console.warn(`SKIPPED  kernel tests: ${missing}`);

const SEED = Number(process.env.SVCLAB_SEED ?? 1);
const CLUSTERS = 3;
/** Connections for each backend that a packet may go to. */
const CONNECTIONS = 25;
/** ms: before the first SYN is sent again. */
const PATIENCE = 900;

interface Loaded {
  /** What the kernel has, in the words in which it was exported. */
  exported: string;
  listed: string;
  decide(packet: Packet): Decision;
}

const modes: Record<'iptables' | 'nftables', (lab: Lab, input: ProxyInput, family?: IPFamily) => Loaded> = {
  iptables: (lab, input, family = 'IPv4') => {
    const rules = compileIptables(proxyView(input, family));
    const tool = family === 'IPv4' ? 'iptables' : 'ip6tables';
    const exported = saveIptables(rules, 'test');
    lab.run('node', [`${tool}-restore`], exported);
    const listed = lab.run('node', [`${tool}-save`]);
    return { exported: sorted(exported), listed: sorted(listed), decide: (p) => decideIptables(rules, input.node, p) };
  },
  nftables: (lab, input, family = 'IPv4') => {
    const table = compileNftables(proxyView(input, family));
    const ip = family === 'IPv4' ? 'ip' : 'ip6';
    const exported = listNftables(table, 'test');
    lab.run('node', ['nft', '-f', '-'], `table ${ip} kube-proxy\ndelete table ${ip} kube-proxy\n${exported}`);
    const listed = lab.run('node', ['nft', 'list', 'table', ip, 'kube-proxy']);
    return { exported: words(exported), listed: words(listed), decide: (p) => decideNftables(table, input.node, p) };
  },
};

describe.skipIf(missing !== null).each(['iptables', 'nftables'] as const)('%s mode, seed %#', (mode) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = new Lab();
    // ICMP errors without any limit: REJECT's verdict is asked for, not its manners.
    lab.setEverywhere({ 'net.ipv4.icmp_ratelimit': 0, 'net.ipv4.icmp_ratemask': 0, 'net.ipv4.icmp_msgs_per_sec': 1e6 });
    lab.setEverywhere({ 'net.ipv4.icmp_msgs_burst': 1e6 });
    await lab.serve(BACKEND_PORTS);
  }, 60_000);
  afterAll(() => lab?.close());

  test(`the kernel does what is predicted (seed ${SEED})`, async () => {
    let pairCount = 0;
    for (let index = 0; index < CLUSTERS; index++) {
      const input = randomCluster(SEED, index, mode);
      const { decide, exported, listed } = modes[mode](lab, input);
      expect(listed, `what the kernel lists of cluster ${index}`).toBe(exported);
      const localnet = mode === 'iptables' && input.settings.localhostNodePorts ? 1 : 0;
      lab.run('node', ['sysctl', '-qw', `net.ipv4.conf.all.route_localnet=${localnet}`]);
      const pairs = pairsOf(input).map((pair) => ({ pair, decision: decide(pair.packet) }));
      pairCount += pairs.length;
      const found = (await Promise.all(PLACES.map((place) => check(lab, place, pairs)))).flat();
      expect(found, `cluster ${index}`).toEqual([]);
    }
    console.info(`${mode}: ${pairCount} pairs of client and address in ${CLUSTERS} clusters, seed ${SEED}`);
    expect(pairCount).toBeGreaterThanOrEqual(200);
  }, 240_000);
});

describe.skipIf(missing !== null).each(['iptables', 'nftables'] as const)('%s over IPv6', (mode) => {
  test('the export loads as it is', () => {
    const lab = new Lab();
    try {
      const input = sixCluster(mode);
      const { exported, listed } = modes[mode](lab, input, 'IPv6');
      expect(listed).toBe(exported);
      expect(exported).toContain('[fd00:10:244:1::1]:8000');
    } finally {
      lab.close();
    }
  });
});

/** Of everything one. */
function sixCluster(mode: ProxyInput['settings']['mode']): ProxyInput {
  const services = [
    serviceOf('six/plain', { clusterIP: 'fd00:172::1', sessionAffinity: 'ClientIP' }),
    serviceOf('six/open', {
      clusterIP: 'fd00:172::2',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      externalIPs: ['2001:db8:9::1'],
      ports: [{ name: 'p80', port: 80, nodePort: 30_080 }],
      ingress: [{ ip: '2001:db8:8::1' }],
      loadBalancerSourceRanges: ['2001:db8:1::/48', 'fd00:192::/32'],
    }),
    serviceOf('six/empty', { clusterIP: 'fd00:172::3', ports: [{ name: 'p80', port: 80, protocol: 'SCTP' }] }),
  ];
  const ports = [{ name: 'p80', protocol: 'TCP' as const, port: 8000 }];
  const options = { addressType: 'IPv6' as const, ports };
  const slices = ['six/plain', 'six/open'].map((name) =>
    sliceOf(name, ['fd00:10:244:1::1', 'fd00:10:244:1::2', 'fd00:10:244:1::3'], options),
  );
  const settings = { mode, clusterCIDR: 'fd00:10:244::/56', serviceCIDR: 'fd00:172::/112' };
  return inputOf(services, slices, settings, nodeOf('here', ['fd00:192::2']));
}

const PLACES: readonly Place[] = ['client', 'outside', 'node'];

async function check(lab: Lab, place: Place, pairs: readonly { pair: Pair; decision: Decision }[]): Promise<string[]> {
  const own = pairs.filter(({ pair }) => pair.place === place);
  const requests = own.map(({ pair: { packet, name }, decision }): ProbeRequest => {
    const { length } = decision.candidates;
    return {
      group: name,
      from: packet.from,
      host: packet.to,
      port: packet.port,
      count: length > 1 ? length * CONNECTIONS : 2,
      timeout: expectedOutcome(packet.to, decision) === 'timeout' ? PATIENCE : 20_000,
    };
  });
  const results = await lab.probe(place, requests);
  return own.flatMap(({ pair, decision }, i) =>
    disagreements(pair, decision, results[i]!).map(
      (text) => `${place} ${pair.packet.from} → ${pair.packet.to}:${pair.packet.port}: ${text}`,
    ),
  );
}

/** Rules keep their order inside a chain; chains and tables are compared as sets. Counters and comments are nobody's rules. */
function sorted(save: string): string {
  let table = '';
  const byChain = new Map<string, string[]>();
  for (const line of save.split('\n')) {
    if (line.startsWith('*')) table = line;
    const chain = /^(?:-A |:)(\S+)/.exec(line)?.[1];
    if (chain === undefined) continue;
    const key = `${table} ${chain}`;
    // The kernel counts what passes while it loads, such as its own router solicitations over IPv6.
    byChain.set(key, [...(byChain.get(key) ?? []), line.replace(/ \[\d+:\d+\]$/, '')]);
  }
  return [...byChain]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, lines]) => lines)
    .join('\n');
}

/** The same of an nft table: its blocks as a set, elements as sets, layout aside. */
function words(listing: string): string {
  const blocks = listing
    .replace(/^#.*\n/, '')
    .split(/\n\n|\n\t(?=set |map |chain )/)
    .map((block) =>
      block.replace(
        /elements = \{([^}]*)\}/,
        (_, list: string) =>
          `elements = { ${list
            .split(',')
            .map((each) => each.trim().replace(/\s+/g, ' '))
            .toSorted()
            .join(', ')} }`,
      ),
    )
    .map((block) =>
      block
        .replace(/\s+/g, ' ')
        .replace(/[\s}]+$/, '')
        .trim(),
    );
  return blocks.toSorted().join('\n');
}
