import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Registry } from '../cluster/registry.ts';
import { roomOf } from '../cluster/resources.ts';
import type { DataPlane } from '../dataplane/data-plane.ts';
import type { Engine } from '../engine/engine.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import type { Client } from './client.ts';
import { RowStore } from './row-store.ts';

/** How a connection ended. */
export const CLOSED_BY_CLIENT = 0;
export const CLOSED_BY_SERVER = 1;
export const CLOSED_BY_RESET = 2;
export const NEVER_ANSWERED = 3;

const LIVE = 1;
const ENDED = 0;

/** `open` did not: a table on the way is full, or the client has no port left. */
export const TABLE_FULL = -1;
export const NO_PORT = -2;

/** An entry whose connection was reset stays so long, ns. @source linux nf_conntrack_tcp_timeout_close */
const CLOSE_TIME = 10e9;
/** A client that closed first keeps its port so long, ns. @source linux TCP_TIMEWAIT_LEN */
const PORT_TIME_WAIT = 60e9;
/** The same warning about the same object is told at most so often, ns. */
const TOLD_AGAIN = 60e9;

const kinds = {
  'flow.gone': { a: 'flow', b: 'generation', run: (f, flow, generation) => f.gone(flow, generation) },
  'flow.portFree': { a: 'client', b: 'to', run: (f, client, to) => f.portFree(client, to) },
} satisfies Kinds<TrackedFlows>;

interface Objects {
  engine: Engine;
  nodes: Registry<'Node'>;
  pods: Registry<'Pod'>;
  dataPlane: DataPlane;
}

/**
 * Connections as those see them that keep a table: conntrack of the nodes at both ends, ip_vs of the node where they were
 * picked, and the client's kernel, which gives each a source port. Nothing is kept where nothing is limited or counted.
 * @source linux net/netfilter/nf_conntrack_core.c: a full table drops the first packet; net/ipv4/inet_hashtables.c: without a
 *   free port connect() fails with EADDRNOTAVAIL
 * @simplifies a full table evicts nothing early; an idle connection is never forgotten (kube-proxy sets a day); a SYN without
 *   an answer is forgotten as late as a closed connection; each client of a Pod has source ports of its own
 */
export class TrackedFlows extends RowStore {
  /** Is anything limited or counted? */
  readonly isOn: boolean;
  /** Do the nodes' tables have a limit? */
  readonly isLimited: boolean;
  readonly #engine: Engine;
  readonly #clock: Float64Array;
  readonly #nodes: Registry<'Node'>;
  readonly #pods: Registry<'Pod'>;
  readonly #dataPlane: DataPlane;
  readonly #record: (object: KubernetesObject, reason: string, message: string) => void;
  readonly #settings: ClusterSettings['conntrack'];
  /** Each address has ports of its own: the socket is connected to the Pod itself. */
  readonly #isPickedAtConnect: boolean;
  readonly #kind;
  readonly #lanes: { timeWait: number; close: number; port: number };
  /** By node slot: entries of the table, and their limit. */
  readonly #entries: number[] = [];
  readonly #limits: number[] = [];
  /** By number: whom ports are given back to. */
  readonly #clients: Client[] = [];
  readonly #toldAt = new Map<KubernetesObject, number>();

  constructor(
    { engine, nodes, pods, dataPlane }: Objects,
    settings: ClusterSettings,
    record: (object: KubernetesObject, reason: string, message: string) => void,
  ) {
    super(32);
    this.#engine = engine;
    this.#clock = engine.clock;
    this.#nodes = nodes;
    this.#pods = pods;
    this.#dataPlane = dataPlane;
    this.#record = record;
    this.#settings = settings.conntrack;
    this.#isPickedAtConnect = settings.dataPlane.mode === 'ebpf';
    const { limit, localPorts, timeWait } = settings.conntrack;
    this.isLimited = limit !== 'none';
    this.isOn = this.isLimited || localPorts < Infinity || dataPlane.countsConnections;
    this.#kind = engine.define<TrackedFlows, typeof kinds>(this, kinds);
    this.#lanes = this.isOn
      ? { timeWait: engine.lane(timeWait), close: engine.lane(CLOSE_TIME), port: engine.lane(PORT_TIME_WAIT) }
      : { timeWait: -1, close: -1, port: -1 };
  }

  /** Of a node's table now. */
  entries(node: number): number {
    return this.#entries[node] ?? 0;
  }

  /** For the audit: connections that somebody has; entries of all tables, as rows tell and as they were counted. */
  audit(): { live: number; rows: number; counted: number } {
    const { ints } = this;
    const found = { live: 0, rows: 0, counted: this.#entries.reduce((sum, entries) => sum + entries, 0) };
    for (let flow = 0; flow < this.used; flow++) {
      if (!this.isOpen(flow)) continue;
      const at = flow << 3;
      if (ints[at | 6] === LIVE) found.live++;
      found.rows += ints[at | 1]! >= 0 ? 2 : 1;
    }
    return found;
  }

  /**
   * A client sends a SYN that is on its way to an address.
   * @param first the node where it met the data plane @param last that of the address's holder; -1: nobody has it
   * @returns a flow; `TABLE_FULL` or `NO_PORT`
   */
  open(client: Client, first: number, last: number, address: number): number {
    const to = client.usesVirtualAddress && !this.#isPickedAtConnect ? -1 : address;
    if (client.pod >= 0 && client.portsInUse(to) >= this.#settings.localPorts) return this.#noPort(client);
    const second = last === first ? -1 : last;
    if (this.isLimited && (this.#isFull(first) || this.#isFull(second))) return TABLE_FULL;
    const flow = this.slots.take();
    const { ints } = this;
    const at = flow << 3;
    ints[at] = first;
    ints[at | 1] = second;
    const { serviceSlot, portIndex } = client;
    const { origin } = client.edge;
    ints[at | 2] = serviceSlot;
    ints[at | 3] = portIndex;
    const isCounted = this.#dataPlane.countsConnections && client.usesVirtualAddress && serviceSlot >= 0;
    ints[at | 4] = isCounted ? this.#dataPlane.opened(first, serviceSlot, portIndex, origin, address) : -1;
    ints[at | 5] = to;
    ints[at | 6] = LIVE;
    this.#count(first, 1);
    this.#count(second, 1);
    client.takePort(to);
    this.#clients[client.number] = client;
    return flow;
  }

  /** The connection has ended; its entries stay for their time. @param how `CLOSED_BY_CLIENT`… */
  end(flow: number, client: Client, how: number): void {
    const { ints } = this;
    const at = flow << 3;
    const [node, service, port, server, to] = [ints[at]!, ints[at | 2]!, ints[at | 3]!, ints[at | 4]!, ints[at | 5]!];
    ints[at | 6] = ENDED;
    if (server >= 0) this.#dataPlane.closing(node, service, port, server);
    const { timeWait, close } = this.#lanes;
    this.#engine.push(
      how === CLOSED_BY_RESET ? close : timeWait,
      this.#kind['flow.gone'],
      flow,
      this.generation[flow]!,
    );
    if (how === CLOSED_BY_CLIENT) this.#engine.push(this.#lanes.port, this.#kind['flow.portFree'], client.number, to);
    else client.freePort(to);
  }

  gone(flow: number, generation: number): void {
    if (this.generation[flow] !== generation) return;
    const { ints } = this;
    const at = flow << 3;
    const server = ints[at | 4]!;
    if (server >= 0) this.#dataPlane.closed(ints[at]!, ints[at | 2]!, ints[at | 3]!, server);
    this.#count(ints[at]!, -1);
    this.#count(ints[at | 1]!, -1);
    this.close(flow);
  }

  portFree(client: number, to: number): void {
    this.#clients[client]!.freePort(to);
  }

  #noPort(client: Client): number {
    const where = `${client.edge.service}:${client.edge.port}`;
    const why = `connect() to ${where} fails: all ${this.#settings.localPorts} source ports are in use or in TIME_WAIT`;
    this.#tell(this.#pods.at(client.pod), 'SourcePortsExhausted', why);
    return NO_PORT;
  }

  /** @param node -1: none */
  #isFull(node: number): boolean {
    if (node < 0) return false;
    const entries = this.#entries[node] ?? 0;
    this.#limits[node] ??= this.#limitOf(node);
    if (entries < this.#limits[node]) return false;
    const why = `nf_conntrack: table full, dropping packet: ${entries} entries`;
    this.#tell(this.#nodes.at(node), 'ConntrackTableFull', why);
    return true;
  }

  #limitOf(node: number): number {
    const { limit } = this.#settings;
    return typeof limit === 'number' ? limit : conntrackMax(roomOf(this.#nodes.at(node)).cpuMilli / 1000);
  }

  #count(node: number, change: number): void {
    if (node >= 0) this.#entries[node] = (this.#entries[node] ?? 0) + change;
  }

  #tell(object: KubernetesObject, reason: string, message: string): void {
    const now = this.#clock[0]!;
    if (now - (this.#toldAt.get(object) ?? -Infinity) < TOLD_AGAIN) return;
    this.#toldAt.set(object, now);
    this.#record(object, reason, message);
  }
}

/** What kube-proxy sets nf_conntrack_max to. @source kubernetes pkg/proxy/apis/config: maxPerCore 32768, min 131072 */
function conntrackMax(cores: number): number {
  return Math.max(32768 * Math.ceil(cores), 131072);
}
