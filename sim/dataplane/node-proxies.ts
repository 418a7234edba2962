import { mix, uniform } from '../engine/hash.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import type { ChangeLog } from './change-log.ts';
import type { ProxyDisturbances } from './proxy-disturbances.ts';

/**
 * The kube-proxies of all nodes, each a fold over the change log: it hears of an entry after its own watch delay, syncs
 * at once if its last sync ended at least `minSyncPeriod` ago and else when that is over, and a sync programs all that
 * was heard of when it began. Asking changes nothing but the cursor, so the order of asking does not matter.
 * @source kubernetes pkg/proxy/runner: minSyncPeriod counts from the end of a sync to the start of the next
 * @source the same, pkg/proxy/iptables: a partial sync writes KUBE-SERVICES anew and the chains of what changed; nftables and
 *   ipvs write what changed (KEP-3453, KEP-3866)
 * @simplifies the watch delay is uniform in 0.5 to 1.5 of its mean; full syncs (at the start of a node's proxy, when its labels
 *   change) take as long as others
 */
export class NodeProxies {
  readonly #log: ChangeLog<unknown>;
  readonly #disturbances: ProxyDisturbances;
  readonly #clock: Float64Array;
  readonly #watchDelay: number;
  readonly #minSyncPeriod: number;
  readonly #baseCost: () => number;
  /** What each sync costs, ns; NaN until the first, when all Services of the input are there. */
  #baseTime = Number.NaN;
  /** ns. */
  readonly #timePerEndpoint: number;
  readonly #key: number;
  readonly #nodes: Proxy[] = [];
  /** By node: how long the newest programmed entry took from its publication, ns. For the trace. */
  lag = new Float64Array(0);
  /** Told when a node has programmed the entries `from` to before `to`: not when it did, but when somebody asks. */
  onProgrammed: ((node: number, from: number, to: number, at: number) => void) | undefined;

  /** @param services how many there are: for the cost of one sync @param key of the run's hash */
  constructor(
    log: ChangeLog<unknown>,
    clock: Float64Array,
    settings: ClusterSettings,
    services: { readonly count: number },
    key: number,
    disturbances: ProxyDisturbances,
  ) {
    this.#disturbances = disturbances;
    this.#log = log;
    this.#clock = clock;
    this.#watchDelay = settings.watchDelay;
    this.#minSyncPeriod = settings.dataPlane.minSyncPeriod;
    const { mode, syncTime, syncTimePerService, syncTimePerEndpoint } = settings.dataPlane;
    this.#baseCost = () => syncTime + (mode === 'iptables' ? syncTimePerService * services.count : 0);
    this.#timePerEndpoint = syncTimePerEndpoint;
    this.#key = key;
  }

  /** How many entries of the log this node has programmed. */
  cursor(node: number): number {
    const proxy = this.#nodes[node] ?? this.#add(node);
    if (proxy.heard < this.#log.count || proxy.cursor < proxy.heard) this.#advance(node, proxy);
    return proxy.cursor;
  }

  /** Has anybody asked for what this node has programmed? */
  wasAsked(node: number): boolean {
    return (this.#nodes[node]?.heard ?? 0) > 0;
  }

  #add(node: number): Proxy {
    while (this.#nodes.length <= node) {
      this.#nodes.push({ cursor: 0, heard: 0, syncEnd: -Infinity, syncing: 0, lastEnd: -Infinity });
    }
    const lag = new Float64Array(this.#nodes.length);
    lag.set(this.lag);
    this.lag = lag;
    return this.#nodes[node]!;
  }

  #advance(node: number, proxy: Proxy): void {
    const log = this.#log;
    const now = this.#clock[0]!;
    for (;;) {
      if (proxy.syncing > proxy.cursor) {
        if (proxy.syncEnd > now) return;
        this.lag[node] = proxy.syncEnd - log.publishedAt(proxy.syncing - 1);
        if (proxy.syncEnd > 0) this.onProgrammed?.(node, proxy.cursor, proxy.syncing, proxy.syncEnd);
        proxy.cursor = proxy.syncing;
        // What was there at time 0 has long been programmed: the first change finds the proxy idle.
        if (proxy.syncEnd > 0) proxy.lastEnd = proxy.syncEnd;
      }
      if (proxy.cursor === log.count) {
        proxy.heard = proxy.cursor;
        return;
      }
      // The first entry that is not programmed triggers the next sync…
      const trigger = this.#arrival(node, proxy.cursor);
      const earliest = Math.max(trigger, proxy.lastEnd + this.#minSyncPeriod);
      const start = this.#disturbances.isEmpty ? earliest : this.#disturbances.startFrom(node, earliest);
      if (start > now) return;
      // …which takes all that has arrived when it starts. A watch keeps the order: nothing overtakes.
      let taken = proxy.cursor + 1;
      while (taken < log.count && this.#arrival(node, taken) <= start) taken++;
      proxy.syncing = taken;
      proxy.heard = taken;
      proxy.syncEnd = start + (start === 0 ? 0 : this.#syncTime(proxy.cursor, taken));
    }
  }

  /** Of the entries from `first` up to `end`, ns. */
  #syncTime(first: number, end: number): number {
    if (Number.isNaN(this.#baseTime)) this.#baseTime = this.#baseCost();
    if (this.#timePerEndpoint === 0) return this.#baseTime;
    let endpoints = 0;
    for (let entry = first; entry < end; entry++) endpoints += this.#log.sizeOf(entry);
    return this.#baseTime + this.#timePerEndpoint * endpoints;
  }

  /** When the node hears of an entry, ns. */
  #arrival(node: number, entry: number): number {
    const published = this.#log.publishedAt(entry);
    if (published === 0) return 0;
    const delay = this.#watchDelay * (0.5 + uniform(mix(mix(this.#key, node), entry)));
    return Math.round(published + delay) + (this.#disturbances.isEmpty ? 0 : this.#disturbances.lagOf(published));
  }
}

interface Proxy {
  /** Entries programmed. */
  cursor: number;
  /** Entries that a sync has taken. */
  heard: number;
  /** The sync under way: its end, and the cursor that it brings. */
  syncEnd: number;
  syncing: number;
  lastEnd: number;
}
