import { formatIPv4 } from '../cluster/address.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Registry } from '../cluster/registry.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { DataPlane } from '../dataplane/data-plane.ts';
import { PolicyJudge } from '../dataplane/policy/decide.ts';
import type { Party } from '../dataplane/policy/party.ts';
import { primaryIP } from '../dataplane/rules/node-addresses.ts';
import { grown } from '../engine/slots.ts';
import type { Client } from './client.ts';
import type { Edge } from './edge.ts';
import { targetPortOf } from './target-port.ts';

interface Objects {
  store: ObjectStore;
  pods: Registry<'Pod'>;
  nodes: Registry<'Node'>;
  services: Registry<'Service'>;
  dataPlane: DataPlane;
}

/**
 * May a client connect to a Pod? Network policies are asked once for each pair, and again when a policy, a namespace or a Pod's
 * labels change. Without policies the gate is open.
 * @simplifies plugins obey a change at once; what is connected stays so
 */
export class PolicyGate {
  /** No policy is there: nobody need ask. */
  isOpen = true;
  readonly #objects: Objects;
  readonly #record: (object: KubernetesObject, message: string) => void;
  #judge: PolicyJudge | null = null;
  /** By client, then 1 + the slot of the node that masquerades it, then Pod: 0 not asked, YES or NO. */
  #verdicts: Uint8Array[][] = [];
  readonly #labels = new WeakMap<Pod, string>();
  /** Edges whose first denial has been told. */
  readonly #told = new Set<Edge>();
  /** By Pod of the client, then of the DNS server. */
  #queries: (boolean | undefined)[][] = [];
  /** Namespaces whose first denied query has been told. */
  readonly #deaf = new Set<string>();

  /** @param record told once for each edge that a policy denies */
  constructor(objects: Objects, record: (object: KubernetesObject, message: string) => void) {
    this.#objects = objects;
    this.#record = record;
    const { store } = objects;
    store.watch('NetworkPolicy', () => this.#changed());
    store.watch('Namespace', () => this.#changed());
    store.watch('Pod', (change, pod) => {
      if (change === 'deleted' || this.isOpen) return;
      const labels = JSON.stringify(pod.metadata.labels);
      const before = this.#labels.get(pod);
      this.#labels.set(pod, labels);
      if (change === 'modified' && before !== labels) this.#changed();
    });
  }

  /** @param entry slot of the node by which a client outside comes in */
  allows(client: Client, pod: number, entry: number, address: number): boolean {
    const via = client.pod < 0 && this.#isMasqueraded(client, entry, address) ? entry : -1;
    const verdict = this.#verdicts[client.number]?.[via + 1]?.[pod] ?? 0;
    return verdict === 0 ? this.#ask(client, pod, via) : verdict === YES;
  }

  /** May a Pod send datagrams to port 53 of a Pod of the DNS server? @param from, to Pod slots */
  allowsQuery(from: number, to: number): boolean {
    this.#queries[from] ??= [];
    const known = this.#queries[from]![to];
    if (known !== undefined) return known;
    const { pods } = this.#objects;
    const client = partyOf(pods.at(from));
    const connection = { from: client, to: partyOf(pods.at(to)), port: 53, protocol: 'UDP' } as const;
    const { allowed, because } = this.#theJudge.decide(connection, client);
    this.#queries[from]![to] = allowed;
    const { namespace } = pods.at(from).metadata;
    if (!allowed && !this.#deaf.has(namespace)) {
      this.#deaf.add(namespace);
      this.#record(pods.at(from), `cannot ask the DNS server: ${because}`);
    }
    return allowed;
  }

  #isMasqueraded({ edge, serviceSlot, portIndex }: Client, entry: number, address: number): boolean {
    return this.#objects.dataPlane.isMasqueraded(entry, serviceSlot, portIndex, edge.origin, address);
  }

  #ask(client: Client, slot: number, via: number): boolean {
    const { pods, services } = this.#objects;
    const { serviceSlot } = client.edge;
    const pod = pods.at(slot);
    const connection = {
      from: client.pod < 0 ? { ip: formatIPv4(client.source >>> 0) } : partyOf(pods.at(client.pod)),
      to: partyOf(pod),
      port: targetPortOf(client.edge, serviceSlot < 0 ? undefined : services.at(serviceSlot), pod),
      protocol: client.edge.protocol,
    };
    const { allowed, because } = this.#theJudge.decide(connection, via < 0 ? connection.from : this.#node(via));
    this.#verdicts[client.number] ??= [];
    const byPod = this.#verdicts[client.number]!;
    const old = byPod[via + 1] ?? new Uint8Array(0);
    const verdicts = slot < old.length ? old : grown(old, 2 * (slot + 1));
    verdicts[slot] = allowed ? YES : NO;
    byPod[via + 1] = verdicts;
    if (!allowed && !this.#told.has(client.edge)) {
      this.#told.add(client.edge);
      this.#record(pod, `${client.edge.from} cannot connect: ${because}`);
    }
    return allowed;
  }

  get #theJudge(): PolicyJudge {
    const { store } = this.#objects;
    const namespaces = [...store.list('Namespace')].map(({ metadata }) => [metadata.name, metadata.labels] as const);
    this.#judge ??= new PolicyJudge([...store.list('NetworkPolicy')], new Map(namespaces));
    return this.#judge;
  }

  #node(slot: number): Party {
    const node = this.#objects.nodes.at(slot);
    return { ip: primaryIP(node, 'IPv4') ?? '', nodeName: node.metadata.name };
  }

  #changed(): void {
    this.isOpen = this.#objects.store.count('NetworkPolicy') === 0;
    this.#judge = null;
    this.#verdicts = [];
    this.#queries = [];
  }
}

const YES = 1;
const NO = 2;

function partyOf(pod: Pod): Party {
  return { ip: pod.status.podIP ?? '', pod, nodeName: pod.spec.nodeName };
}
