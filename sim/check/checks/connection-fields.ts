import { z } from 'zod';
import { canonicalIP, familyOf } from '../../cluster/ip.ts';
import { primaryIP } from '../../dataplane/rules/node-addresses.ts';
import type { Network } from '../../dataplane/walk/network.ts';
import { podSender, type Sender, type Target } from '../../dataplane/walk/sender.ts';
import { lookUp } from '../../discovery/resolver/look-up.ts';
import { podClient } from '../../discovery/resolver/pod-client.ts';
import { complain, expecting, section } from '../../input/scenario-fields.ts';
import { CannotCheck, Unanswered } from '../check.ts';
import { testNetwork } from '../network-of.ts';
import type { TestWorld } from '../world.ts';
import { namespacedName, objectOf } from './object-of.ts';

const address = z
  .string()
  .refine((text) => familyOf(text) !== null, 'must be an IP address such as 10.244.0.7 or fd00::7')
  .transform(canonicalIP);

const from = section({
  pod: namespacedName.optional(),
  podIP: address.optional(),
  node: z.string().optional(),
  external: address.optional(),
  via: z.string().optional(),
}).superRefine(({ pod, podIP, node, external, via }, ctx) => {
  const forms = [
    pod !== undefined && podIP === undefined && node === undefined && external === undefined && via === undefined,
    podIP !== undefined && node !== undefined && pod === undefined && external === undefined && via === undefined,
    node !== undefined && pod === undefined && podIP === undefined && external === undefined && via === undefined,
    external !== undefined && via !== undefined && pod === undefined && podIP === undefined && node === undefined,
  ];
  const expected = '{pod: NAMESPACE/NAME}, {podIP, node}, {node} or {external, via}';
  if (!forms.includes(true)) complain(ctx, 'this says not who sends', { expected });
});

const to = z.string({ error: expecting('ADDRESS:PORT or NAME:PORT') }).transform((text, ctx) => {
  const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:[\]]+):(\d+)$/.exec(text) ?? [];
  if (host !== '' && Number(port) >= 1 && Number(port) <= 65_535) {
    return { host: host.replace(/[[\]]/g, ''), port: Number(port) };
  }
  complain(ctx, 'this is no address and port', { expected: 'such as 10.96.0.7:80, "[fd00::7]:80" or web.shop:80' });
  return z.NEVER;
});

export const protocol = z.enum(['TCP', 'UDP', 'SCTP']).default('TCP');

/** One connection, as the checks `packet` and `connect` ask for it. */
export const connectionFields = section({ from, to, protocol, ip: address.optional() });

type ConnectionFields = z.output<typeof connectionFields>;

export interface AskedConnection {
  network: Network;
  sender: Sender;
  to: Target;
  /** How the name became an address. */
  why: string[];
}

/** @throws CannotCheck where a Pod, a node or a name is not there */
export function askedConnection(world: TestWorld, fields: ConnectionFields): AskedConnection {
  const { to, why } = resolved(world, fields);
  const family = to.ip.includes(':') ? 'IPv6' : 'IPv4';
  const { pod: podName, podIP, node: nodeName, external, via } = fields.from;
  if (podName !== undefined) {
    const pod = objectOf(world, 'Pod', podName);
    if (pod.spec.nodeName === undefined) throw new CannotCheck(`Pod ${podName} is on no node yet`);
    const ips = [pod.status.podIP ?? '', ...(pod.status.podIPs ?? []).map(({ ip }) => ip)];
    const ip = fields.ip ?? ips.find((each) => familyOf(each) === family);
    if (ip === undefined) throw new CannotCheck(`Pod ${podName} has no ${family} address`);
    const node = objectOf(world, 'Node', `/${pod.spec.nodeName}`);
    return {
      network: testNetwork(world, node),
      sender: podSender(pod, canonicalIP(ip)),
      to,
      why,
    };
  }
  const node = objectOf(world, 'Node', `/${nodeName ?? via}`);
  const network = testNetwork(world, node);
  const own = { nodeName: node.metadata.name };
  if (external !== undefined) {
    return { network, sender: { party: { ip: fields.ip ?? external }, where: 'external' }, to, why };
  }
  if (podIP !== undefined) {
    return { network, sender: { party: { ...own, ip: fields.ip ?? podIP }, where: 'pod' }, to, why };
  }
  const isLoopback = to.ip === '::1' || to.ip.startsWith('127.');
  const ip = fields.ip ?? (isLoopback ? to.ip : primaryIP(node, family));
  if (ip === undefined) throw new CannotCheck(`Node ${nodeName} has no ${family} address; give one as ip`);
  return { network, sender: { party: { ...own, ip }, where: 'node' }, to, why };
}

export function connectionTitle({ from, to, protocol }: ConnectionFields): string {
  const sender = from.pod ?? from.podIP ?? from.external ?? `node ${from.node}`;
  const host = to.host.includes(':') ? `[${to.host}]` : to.host;
  return `${sender} → ${host}:${to.port}${protocol === 'TCP' ? '' : ` ${protocol}`}`;
}

/** Names are looked up by the Pod that sends. */
function resolved(world: TestWorld, { from, to }: ConnectionFields): { to: Target; why: string[] } {
  if (familyOf(to.host) !== null) return { to: { ip: canonicalIP(to.host), port: to.port }, why: [] };
  if (from.pod === undefined) throw new CannotCheck(`only a Pod of the cluster looks "${to.host}" up; give an address`);
  const pod = objectOf(world, 'Pod', from.pod);
  const { client, server } = podClient(pod, world.store, world.settings.dns, 'glibc', ['A', 'AAAA']);
  const { addresses, queries } = lookUp(to.host, client, server);
  const [ip] = addresses;
  const why = queries.map(({ name, rcode, why: reason }) => `${name} ${rcode}: ${reason}`);
  if (ip === undefined) throw new Unanswered(`${from.pod} cannot resolve "${to.host}"`, why);
  return { to: { ip: canonicalIP(ip), port: to.port }, why: [...why, `${to.host} is ${ip}`] };
}
