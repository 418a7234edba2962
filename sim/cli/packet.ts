import { type Command, Option } from 'commander';
import { findPod } from '../check/find-pod.ts';
import { networkOf, proxySettings, surroundingsOf } from '../check/network-of.ts';
import type { Protocol } from '../cluster/api/meta.ts';
import type { Node } from '../cluster/api/node.ts';
import type { Pod } from '../cluster/api/pod.ts';
import { canonicalIP, familyOf } from '../cluster/ip.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { SCHEDULER_NAMES } from '../dataplane/ipvs/schedulers/create.ts';
import { primaryIP } from '../dataplane/rules/node-addresses.ts';
import type { ProxyMode } from '../dataplane/rules/proxy-input.ts';
import { type Resolution, walkPacket } from '../dataplane/walk/packet-walk.ts';
import { printWalk } from '../dataplane/walk/print-walk.ts';
import { podSender, type Sender } from '../dataplane/walk/sender.ts';
import { lookUp } from '../discovery/resolver/look-up.ts';
import { podClient } from '../discovery/resolver/pod-client.ts';
import { knownNames } from '../input/faults.ts';
import { type HTTPRequest, requestOf } from '../routing/http-request.ts';
import { lookAtInstant, timeOption } from './cluster-file.ts';
import { EXIT } from './exit.ts';
import { scenarioPath } from './files.ts';
import { UsageError } from './messages.ts';
import { printRoutedPacket, walkRequest } from './routed-packet.ts';

interface Options {
  from: string;
  to: string;
  via?: string;
  header: string[];
  method: string;
  node?: string;
  protocol: Protocol;
  mode?: ProxyMode;
  scheduler?: string;
  pick: string;
  at?: number;
  json?: boolean;
}

/** `svclab packet FILE… --from --to`: exit code 1 if the packet does not arrive. */
export function packetCommand(program: Command): void {
  program
    .command('packet')
    .description(
      'follow one packet: name, route, each rule, the pick, policies, arrival; and if it fails, where and why',
    )
    .argument('<file...>', 'manifests, or one Scenario; - is standard input')
    .requiredOption('--from <sender>', 'NAMESPACE/POD or NAMESPACE/WORKLOAD, node/NAME, or an address outside')
    .requiredOption(
      '--to <target>',
      'NAME:PORT as the Pod spells it, ADDRESS:PORT, or a URL that an Ingress or Gateway routes',
    )
    .option('--via <service>', 'NAMESPACE/NAME in front of the Ingress controller or Gateway, if no object tells')
    .option('--header <name:value>', 'of the request, for a URL; may be repeated', collect, [])
    .addOption(new Option('--method <method>', 'of the request, for a URL').default('GET'))
    .option('--node <name>', 'where a packet from outside arrives (default: the first node)')
    .addOption(new Option('--protocol <protocol>').choices(['TCP', 'UDP', 'SCTP']).default('TCP'))
    .addOption(
      new Option('--mode <mode>', 'of the data plane (default: the Scenario’s, else iptables)').choices([
        'iptables',
        'nftables',
        'ipvs',
        'ebpf',
      ]),
    )
    .addOption(
      new Option('--scheduler <name>', 'of ipvs mode (default: the Scenario’s, else rr)').choices(SCHEDULER_NAMES),
    )
    .option('--pick <share>', 'which of the candidates to follow, from 0 (the first) to 1', '0')
    .option(
      '--at <time>',
      'instant: of a Scenario, which runs with its traffic up to it; manifests are left alone so long',
      timeOption,
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  $ svclab packet shop.yaml --from shop/frontend --to checkout:80')
    .action((paths: string[], options: Options) => {
      const { store, cluster, dns, live } = lookAtInstant(paths.map(scenarioPath), options.at);
      const pick = Number(options.pick);
      if (!(pick >= 0 && pick <= 1)) throw new UsageError(`--pick ${options.pick}\n  expected  0 to 1`);
      const pod = podOf(options.from, store);
      const { mode, scheduler, algorithm } = cluster.dataPlane;
      const chosen = { mode: options.mode ?? mode, scheduler: options.scheduler ?? scheduler, algorithm };
      const settings = { ...proxySettings(cluster), ...chosen };
      const networkAt = (node: Node) => networkOf(store, node, settings, surroundingsOf(cluster, live));
      if (/^https?:/i.test(options.to)) {
        const { via, to: url } = options;
        const request = requestFrom(options);
        const door = canonicalIP(cluster.podCIDR.split('/')[0]!);
        const { sender, node } = senderOf(options, store, pod, door);
        const routed = walkRequest(store, { url, request, sender, node, networkAt, pick, ...(via && { via }) });
        const document = { version: 1, ...routed };
        process.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : printRoutedPacket(routed));
        if (!routed.ok) process.exitCode = EXIT.no;
        return;
      }
      const { host, port } = targetOf(options.to);
      const resolution = familyOf(host) === null ? resolve(host) : undefined;
      const ip = canonicalIP(resolution?.ip ?? host);
      const { sender, node } = senderOf(options, store, pod, ip);
      const walk = walkPacket(networkAt(node), {
        sender,
        to: { ip, port },
        protocol: options.protocol,
        pick,
        ...(resolution !== undefined && { resolution }),
      });
      const document = { version: 1, ...walk };
      process.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : printWalk(walk));
      if (walk.failedAt !== null) process.exitCode = EXIT.no;

      function resolve(name: string): Resolution & { ip: string } {
        if (pod === undefined) throw new UsageError(`only a Pod looks "${name}" up\n  expected  an address in --to`);
        const { client, server } = podClient(pod, store, dns, 'glibc', ['A', 'AAAA']);
        const { addresses, queries } = lookUp(name, client, server);
        const steps = queries.map((query) => `${query.name} ${query.rcode}: ${query.why}`);
        const alias = externalNameBehind(queries, store);
        const [found] = addresses;
        if (alias !== undefined) {
          const told =
            found === undefined ? [`${alias} lies outside the cluster: ${ELSEWHERE} stands for its address`] : [];
          return { name, steps: [...steps, ...told, ...aliasTraps(name, alias)], ip: found ?? ELSEWHERE };
        }
        if (found === undefined)
          throw new UsageError(`${options.from} cannot resolve "${name}"\n  ${steps.join('\n  ')}`);
        return { name, steps, ip: found };
      }
    });
}

/** An address that is nobody's. @source RFC 5737, TEST-NET-1 */
const ELSEWHERE = '192.0.2.1';

/** The external name of the first Service that one of the queries was for. */
function externalNameBehind(queries: readonly { name: string }[], store: ObjectStore): string | undefined {
  for (const { name } of queries) {
    const [service = '', namespace = '', word] = name.split('.');
    if (word !== 'svc') continue;
    const { type, externalName } = store.get('Service', namespace, service)?.spec ?? {};
    if (type === 'ExternalName') return externalName;
  }
  return undefined;
}

/** An alias is DNS' affair alone: what the client sends names the alias. @source kubernetes.io Service, "Type: ExternalName", caution */
function aliasTraps(name: string, alias: string): string[] {
  return [
    `HTTP: the Host header says ${name}, not ${alias}: a server that serves by host answers with an error (404, 421)`,
    `TLS: the client asks for ${name} and checks the certificate against it, which is for ${alias}: the handshake fails`,
  ];
}

function requestFrom({ to, method, header }: Options): HTTPRequest {
  const headers = header.map((text) => {
    const [, name = '', value = ''] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
    if (name === '') throw new UsageError(`--header ${text}\n  expected  NAME:VALUE, such as X-Canary:always`);
    return [name, value] as const;
  });
  const request = requestOf(to, method, headers);
  if (request === null)
    throw new UsageError(`--to ${to}: this is no URL\n  expected  such as http://shop.example/cart`);
  return request;
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function targetOf(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:[\]]+):(\d+)$/.exec(text) ?? [];
  if (host === '' || Number(port) < 1 || Number(port) > 65_535) {
    throw new UsageError(
      `--to ${text}: this is no target\n  expected  NAME:PORT, ADDRESS:PORT or a URL, such as checkout:80`,
    );
  }
  return { host: host.replace(/[[\]]/g, ''), port: Number(port) };
}

/** @returns undefined: a node or somebody outside sends */
function podOf(from: string, store: ObjectStore): Pod | undefined {
  if (from.startsWith('node/') || familyOf(from) !== null) return undefined;
  const pod = findPod(from.replace(/^pod\//, ''), store);
  if (pod.spec.nodeName === undefined) throw new UsageError(`${from} runs on no node yet`);
  return pod;
}

function senderOf(
  { from, node: asked }: Options,
  store: ObjectStore,
  pod: Pod | undefined,
  to: string,
): { sender: Sender; node: Node } {
  const family = to.includes(':') ? 'IPv6' : 'IPv4';
  const name = pod?.spec.nodeName ?? (from.startsWith('node/') ? from.slice('node/'.length) : asked);
  const nodes = [...store.list('Node')];
  const node = name === undefined ? nodes[0] : nodes.find(({ metadata }) => metadata.name === name);
  if (node === undefined) {
    const { expected } = knownNames(
      name ?? '',
      nodes.map(({ metadata }) => metadata.name),
      'one of',
    );
    throw new UsageError(`there is no node "${name ?? ''}"\n  expected  ${expected}`);
  }
  if (pod !== undefined) {
    const ip = [pod.status.podIP ?? '', ...(pod.status.podIPs ?? []).map((each) => each.ip)].find(
      (each) => familyOf(each) === family,
    );
    if (ip === undefined) throw new UsageError(`${from} has no ${family} address`);
    return { sender: podSender(pod, canonicalIP(ip)), node };
  }
  if (familyOf(from) !== null) return { sender: { party: { ip: canonicalIP(from) }, where: 'external' }, node };
  const isLoopback = to === '::1' || to.startsWith('127.');
  const ip = isLoopback ? to : primaryIP(node, family);
  if (ip === undefined) throw new UsageError(`node ${node.metadata.name} has no ${family} address`);
  return { sender: { party: { ip, nodeName: node.metadata.name }, where: 'node' }, node };
}
