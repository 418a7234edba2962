import type { Node } from '../cluster/api/node.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import { canonicalIP } from '../cluster/ip.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { Network } from '../dataplane/walk/network.ts';
import { drawn, type PacketWalk, walkPacket } from '../dataplane/walk/packet-walk.ts';
import { branchesOf } from '../dataplane/walk/print-walk.ts';
import { podSender, type Sender, type Target } from '../dataplane/walk/sender.ts';
import type { HTTPRequest } from '../routing/http-request.ts';
import type { RoutedBackend, Router, Verdict } from '../routing/router.ts';
import { routersFor } from '../routing/routers.ts';
import { UsageError } from './messages.ts';

/** The way of a request's first packets: to the router in front, and from it to the Service that its rule names. */
export interface RoutedPacket {
  url: string;
  router: string;
  /** `namespace/name` of the Service in front of the router's Pods. */
  via: string;
  toRouter: PacketWalk;
  /** null: the packet does not reach the router. */
  verdict: Verdict | null;
  backend: RoutedBackend | null;
  toBackend: PacketWalk | null;
  ok: boolean;
  /** What became of the request and why. */
  sentence: string;
}

export interface RoutedRequest {
  url: string;
  request: HTTPRequest;
  sender: Sender;
  /** Where the packet meets a data plane. */
  node: Node;
  /** What a packet that meets the data plane of a node may come upon. */
  networkAt(node: Node): Network;
  /** Which of the candidates, and of the backends: 0 to 1. */
  pick: number;
  /** The Service in front of the router, if the objects do not tell. */
  via?: string;
}

/** @throws UsageError nothing tells which router takes the request, or where it is */
export function walkRequest(store: ObjectStore, asked: RoutedRequest): RoutedPacket {
  const { url, request, sender, networkAt, pick } = asked;
  const { router, via } = routerOf(store, asked);
  const front = serviceAt(store, via);
  const to = doorOf(front, request.port, asked);
  const toRouter = walkPacket(networkAt(asked.node), { sender, to, protocol: 'TCP', pick });
  const base = { url, router: router.name, via, toRouter };
  const ended = { verdict: null, backend: null, toBackend: null, ok: false };
  if (toRouter.failedAt !== null) {
    return { ...base, ...ended, sentence: `The request does not reach ${router.name}: ${toRouter.sentence}` };
  }
  const verdict = router.route(request);
  const { status, because, backends } = verdict;
  if (status !== null) {
    const sentence = `${router.name} answers ${status} itself: ${because}.`;
    return { ...base, ...ended, verdict, ok: status < 400, sentence };
  }
  const backend = drawn(backends, ({ share }) => share, pick)!;
  if (backend.problem !== null) {
    return { ...base, ...ended, verdict, backend, sentence: `${router.name} answers 500 itself: ${backend.problem}.` };
  }
  const pod = podBehind(store, via, toRouter.pick ?? '');
  const node = store.get('Node', '', pod.spec.nodeName ?? '')!;
  const service = serviceAt(store, `${backend.namespace}/${backend.name}`);
  const toBackend = walkPacket(networkAt(node), {
    sender: podSender(pod, canonicalIP(pod.status.podIP!)),
    to: clusterDoor(service, backend.port),
    protocol: 'TCP',
    pick,
  });
  const ok = toBackend.failedAt === null;
  const sentence = ok
    ? `The request arrives: ${toBackend.sentence}`
    : `${router.name} cannot reach ${backend.namespace}/${backend.name} and answers with an error: ${toBackend.sentence}`;
  return { ...base, verdict, backend, toBackend, ok, sentence };
}

/** As a tree, like that of one packet. */
export function printRoutedPacket({ url, router, via, toRouter, verdict, toBackend, sentence }: RoutedPacket): string {
  const lines = [`${toRouter.from} → ${url}, ${toRouter.mode} mode`, ...branchesOf(toRouter)];
  if (verdict !== null) {
    const shares = verdict.backends.map(({ namespace, name, port, share, problem }) => {
      const error = problem === null ? '' : `, ${problem}`;
      return `${namespace}/${name}:${port} ${Number((share * 100).toFixed(3))} %${error}`;
    });
    lines.push(`├─ ${router}, the Pods behind ${via}`);
    const details = [...verdict.steps, ...(verdict.rule === null ? [] : [`taken by: ${verdict.rule}`]), ...shares];
    lines.push(...details.map((detail, i) => `│  ${i === details.length - 1 ? '└─' : '├─'} ${detail}`));
  }
  if (toBackend !== null) lines.push(...branchesOf(toBackend));
  return `${[...lines, `└─ ${sentence}`].join('\n')}\n`;
}

function routerOf(store: ObjectStore, { request, url, via }: RoutedRequest): { router: Router; via: string } {
  const fit = routersFor(store, request, via);
  const [router] = fit;
  if (router === undefined) {
    throw new UsageError(`--to ${url}: no Ingress and no Gateway knows it${via === undefined ? '' : ` behind ${via}`}`);
  }
  if (fit.length > 1) {
    const names = fit.map(({ name, service }) => `${name}${service === null ? '' : ` (${service})`}`).join(', ');
    throw new UsageError(`--to ${url}: each of these may take it: ${names}\n  fix       name its Service with --via`);
  }
  const front = via ?? router.service;
  if (front === null) {
    const fix = 'name the Service in front of its Pods with --via NAMESPACE/NAME';
    throw new UsageError(`--to ${url}: nothing tells where ${router.name} runs\n  fix       ${fix}`);
  }
  return { router, via: front };
}

function serviceAt(store: ObjectStore, key: string): Service {
  const [namespace = '', name = ''] = key.split('/');
  const service = store.get('Service', namespace, name);
  if (service === undefined) throw new UsageError(`there is no Service ${key}\n  expected  NAMESPACE/NAME`);
  return service;
}

/** Where clients knock: the load balancer's address, else a node's port for those outside, else the ClusterIP. */
function doorOf(service: Service, port: number, { sender, node }: RoutedRequest): Target {
  const balanced = service.status.loadBalancer.ingress?.find(({ ip }) => ip !== undefined)?.ip;
  if (balanced !== undefined) return { ip: canonicalIP(balanced), port };
  const nodePort = service.spec.ports?.find((own) => own.port === port)?.nodePort;
  const address = node.status.addresses.find(({ type }) => type === 'InternalIP')?.address;
  if (sender.where === 'external' && nodePort !== undefined && address !== undefined) {
    return { ip: canonicalIP(address), port: nodePort };
  }
  return clusterDoor(service, port);
}

function clusterDoor({ metadata, spec }: Service, port: number | string): Target {
  const number = spec.ports?.find((own) => own.port === port || own.name === port)?.port ?? Number(port);
  const { clusterIP = 'None' } = spec;
  if (clusterIP === 'None' || clusterIP === '') {
    throw new UsageError(
      `Service ${metadata.namespace}/${metadata.name} has no ClusterIP: a router is not followed there`,
    );
  }
  return { ip: canonicalIP(clusterIP), port: number };
}

/** @param address with a port, of an endpoint */
function podBehind(store: ObjectStore, service: string, address: string): Pod {
  const ip = address.replace(/:\d+$/, '').replace(/[[\]]/g, '');
  const [namespace = ''] = service.split('/');
  for (const slice of store.list('EndpointSlice')) {
    const endpoint = slice.endpoints.find(({ addresses }) => addresses.includes(ip));
    const { name } = endpoint?.targetRef ?? {};
    const pod = name === undefined ? undefined : store.get('Pod', namespace, name);
    if (pod !== undefined && pod.metadata.namespace === slice.metadata.namespace) return pod;
  }
  throw new UsageError(`the router at ${address} is no Pod: its rules are not followed`);
}
