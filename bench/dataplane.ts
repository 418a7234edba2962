import { type DumpFormat, dumpNode } from '../sim/dataplane/dump.ts';
import { type Balancer, type Connect, createBalancer } from '../sim/dataplane/pick/balancer.ts';
import { DEFAULT_PROXY_SETTINGS, type ProxySettings } from '../sim/dataplane/rules/proxy-input.ts';
import { mix } from '../sim/engine/hash.ts';
import { inputOf, nodeOf, serviceOf, sliceOf } from '../test/kubernetes-objects.ts';
import { type Job, timed } from './job.ts';
import { micro } from './micro.ts';

const ENDPOINTS = 10;

/** Ways to pick, each measured with few and with many Services in the model. */
export const PICKS: Readonly<Record<string, Partial<ProxySettings>>> = {
  random: { mode: 'iptables' },
  maglev: { mode: 'ebpf', algorithm: 'maglev' },
  rr: { mode: 'ipvs', scheduler: 'rr' },
  lc: { mode: 'ipvs', scheduler: 'lc' },
  sh: { mode: 'ipvs', scheduler: 'sh' },
  mh: { mode: 'ipvs', scheduler: 'mh' },
};

/** Services that connections go to, spread over all of the model: more of them would measure the machine's caches. */
const IN_USE = 100;

/** New connections, in turn to some of `services` Services of 10 endpoints. */
const picking =
  (settings: Partial<ProxySettings>): Job =>
  ([services = 1]) => {
    const balancers: Balancer[] = Array.from({ length: services }, (_, i) => {
      const balancer = createBalancer({ ...DEFAULT_PROXY_SETTINGS, ...settings }, true, i);
      balancer.setBackends(Array.from({ length: ENDPOINTS }, (_, j) => backend(i, j)));
      // Tables are filled by the first pick after a change.
      balancer.pick({ hash: 0, source: 0, sourcePort: 0 });
      return balancer;
    });
    const used = Array.from({ length: IN_USE }, (_, i) => balancers[Math.floor((i * services) / IN_USE)]!);
    const connect: Connect = { hash: 0, source: 0, sourcePort: 0 };
    const state = new Float64Array(3); // the connection's number, the sum of picks, and their count
    const measured = micro(() => {
      let number = state[0]!;
      let sum = 0;
      for (let i = 0; i < 1000; i++, number++) {
        connect.hash = mix(number, 1);
        connect.source = connect.hash;
        connect.sourcePort = number & 0xffff;
        sum += used[number % IN_USE]!.pick(connect);
      }
      state[0] = number;
      state[1] = state[1]! + sum;
      state[2] = state[2]! + 1000;
    });
    return { ...measured, notes: { 'mean index': state[1]! / state[2]! } };
  };

function backend(service: number, index: number) {
  const ip = `10.${(service >> 8) & 255}.${service & 255}.${index + 1}`;
  return { ip, port: 80, address: `${ip}:80` };
}

/** The programming of one node with `services` Services of 10 endpoints each, as text. Counted are Services. */
const exporting =
  (format: DumpFormat): Job =>
  ([services = 1]) => {
    const names = Array.from({ length: services }, (_, i) => `ns/svc-${i}`);
    const input = inputOf(
      names.map((name, i) => serviceOf(name, { clusterIP: `172.30.${i >> 8}.${i & 255}` })),
      names.map((name, i) =>
        sliceOf(
          name,
          Array.from({ length: ENDPOINTS }, (_, j) => backend(i, j).ip),
        ),
      ),
      {},
      nodeOf('node-1', ['192.168.0.2']),
    );
    let bytes = 0;
    const seconds = timed(() => {
      bytes = dumpNode(input, format, 'IPv4').length;
    });
    return { seconds, count: services, notes: { 'MB of text': bytes / 1e6 } };
  };

export const jobs: Readonly<Record<string, Job>> = {
  ...Object.fromEntries(Object.entries(PICKS).map(([name, settings]) => [`pick-${name}`, picking(settings)])),
  'export-iptables': exporting('iptables'),
  'export-nftables': exporting('nftables'),
  'export-ipvs': exporting('ipvs'),
};
