import type { Distribution } from '../../input/scenario.ts';

/** What strategies are measured on: backends, callers, load and faults. Times are ns. */
export interface Workload {
  readonly name: string;
  readonly description: string;
  readonly pods: readonly PodGroup[];
  /** Pods, nodes, clients and proxies are spread over them in turn. */
  readonly zones: number;
  /** Those of clients: kernels that pick. */
  readonly nodes: number;
  readonly proxies: number;
  readonly clients: {
    readonly count: number;
    /** Exponent of a Zipf law over them; 0: all alike. */
    readonly skew: number;
  };
  readonly load: Load;
  /** How long a request takes a core of speed 1. */
  readonly service: Distribution;
  /** Requests on one connection, after which the client opens the next. Infinity: it stays for ever. */
  readonly requestsPerConnection: number;
  /** A request takes so many times its demand on a Pod that did not serve this client's last one. 1: it does not matter. */
  readonly sessionMiss: number;
  /** One way. */
  readonly network: { readonly sameZone: number; readonly otherZone: number };
  /** Requests that may wait at a Pod; one more is refused. */
  readonly backlog: number;
  readonly timeout: number;
  /** From the end of a Pod to when no instance has it as a member any more; nobody ends to those that are shut down in order. */
  readonly propagation: number;
  /** A new Pod is slower by `factor` at first, by less and less for so long. */
  readonly coldStart: { readonly lasts: number; readonly factor: number };
  readonly faults: readonly Fault[];
  /** Of one replication; requests that arrive in `warmUp` are not counted. */
  readonly duration: number;
  readonly warmUp: number;
  /** Length of the windows over which imbalance is measured. */
  readonly window: number;
}

export interface PodGroup {
  readonly count: number;
  readonly cores: number;
  /** 2: twice as fast. */
  readonly speed: number;
  /** What strategies are told of it. */
  readonly weight: number;
}

/** Requests that arrive, as a share of what all Pods together can serve at the start. */
export type Load =
  /** Poisson; straight lines between points in time. */
  | { readonly kind: 'curve'; readonly points: readonly (readonly [at: number, load: number])[] }
  /** Poisson at the load of a phase, which lasts for an exponential time. */
  | { readonly kind: 'phases'; readonly phases: readonly { readonly load: number; readonly mean: number }[] };

/** Which Pods: so many, spread over all; or all of a zone. */
export type Which = { readonly pods: number } | { readonly zone: number };

export type Fault =
  /** They are slower by `factor`. */
  | {
      readonly kind: 'slow';
      readonly at: number;
      readonly lasts: number;
      readonly which: Which;
      readonly factor: number;
    }
  /** They answer this share of requests with an error, so quickly. */
  | {
      readonly kind: 'errors';
      readonly at: number;
      readonly lasts: number;
      readonly which: Which;
      readonly share: number;
      readonly after: number;
    }
  /** They end without a word, `silent`: with their nodes, so that nobody refuses; as many new ones come after `lasts`. */
  | {
      readonly kind: 'down';
      readonly at: number;
      readonly lasts: number;
      readonly which: Which;
      readonly silent: boolean;
    }
  /** One after the other is replaced: the new one joins, and the old one leaves and ends what it has begun. */
  | { readonly kind: 'restart'; readonly at: number; readonly every: number; readonly which: Which }
  /** Others on the same nodes take the CPU: each group of `together` Pods is slowed by up to `factor` for exponential times. */
  | {
      readonly kind: 'antagonist';
      readonly together: number;
      readonly on: number;
      readonly off: number;
      readonly factor: number;
    };
