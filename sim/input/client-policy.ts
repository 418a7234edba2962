import type { Distribution } from './scenario.ts';

/** What a client does by itself: its pool, its patience, what it tries again, and what it does not even send. Times in ns. */
export interface ClientPolicy {
  /** `http2`: requests share a connection, as in gRPC; `http1`: each holds one while it is under way. */
  protocol: 'http1' | 'http2';
  /** Of connections per client (a Pod's, towards one target), with `http2` per address; Infinity: unbounded. */
  pool: number;
  /** Of `http2`: requests at a time on a connection. */
  maxStreams: number;
  /** How long a call may wait for one; Infinity: for ever (the timeout of an attempt begins when it has one). */
  poolTimeout: number;
  /** Calls that may wait for one; a further one is not sent. */
  maxWaiting: number;
  /** An idle connection is closed after this; 0: a connection per request. */
  keepAlive: number;
  /** Of `http1`: idle connections to a host at most; one that becomes idle beyond is closed. Infinity: any number. */
  maxIdle: number;
  /** A connection takes no further request when it is so old, give or take a share; Infinity: any age. */
  maxLifetime: number;
  lifetimeJitter: number;
  /** A connection with requests under way whose other end is silent is found to be dead after this. */
  deadAfter: number;
  connectTimeout: number;
  /** Of one attempt, from its start (after a connection was had) to the whole answer. */
  timeout: number;
  /** From when the request was sent, over a connection that stands, to the whole answer; Infinity: none. */
  readTimeout: number;
  /** Of a call with all its attempts and waits; Infinity: none. */
  totalTimeout: number;
  /** Instead, for a person: how long this one waits in all, drawn for each call; null: as `totalTimeout`. */
  patience: Distribution | null;
  /** Of its requests in a server's queue of discipline `priority`: higher ones go first. */
  priority: number;
  /** Whether a call ends with the one that it is made for: its deadline is passed on. */
  inheritsDeadline: boolean;
  balancing: Balancing;
  retries: Retries;
  hedging: Hedging | null;
  circuitBreaker: CircuitBreaker | null;
  concurrencyLimit: ConcurrencyLimit | null;
  throttling: Throttling | null;
  outlierDetection: OutlierDetection | null;
  resolver: ResolverPolicy;
}

/** How a client that knows several addresses takes one: in turn, at random, the less loaded of two at random, or the first that works. */
export type Balancing = 'roundRobin' | 'random' | 'leastRequest' | 'pickFirst';

export interface Backoff {
  base: number;
  factor: number;
  max: number;
  jitter: 'none' | 'full' | 'equal' | 'decorrelated' | 'exponential';
}

/** Groups of outcomes, single outcomes, or statuses of answers. */
export const RETRY_CONDITIONS = [
  'connect',
  'timeout',
  'serverError',
  'refused',
  'reset',
  'unreachable',
  'connectTimeout',
  'requestTimeout',
  'poolTimeout',
  'dnsFailure',
] as const;
export type RetryCondition = (typeof RETRY_CONDITIONS)[number] | number;

export interface Retries {
  /** After the first attempt; Infinity: no end. `addresses`: so that each address that the client knows is tried once. */
  max: number | 'addresses';
  backoff: Backoff;
  /** Which outcomes are tried again. `connect`: faults before the request was sent; `timeout`; `serverError`: 5xx answers. */
  on: RetryCondition[];
  /** Share of calls whose failure is tried again at all (a user who presses again); 1 for programs. */
  probability: number;
  budget: RetryBudget | null;
  /** Whether a Retry-After of the server is waited for. */
  retryAfter: boolean;
}

export type RetryBudget =
  /** A token bucket: each success deposits `ratio`, each retry takes 1; `burst` tokens at start and at most. */
  | { kind: 'tokens'; ratio: number; burst: number }
  /** Of the requests of the last `window` this share, and so many a second beyond. */
  | { kind: 'window'; share: number; minPerSecond: number; window: number }
  /** At a time this share of the requests under way, and never fewer than `minimum`. */
  | { kind: 'active'; share: number; minimum: number }
  /** A failure takes 1 of `tokens`, a success gives `ratio` back; none is tried again with half of them or fewer left. */
  | { kind: 'throttle'; tokens: number; ratio: number };

/** Further attempts of a call while earlier ones are under way; the first success is the answer, and the others are cancelled. */
export interface Hedging {
  /** Time to the next attempt; a percentile (0 to 100) is of the client's latencies of late. */
  after: { delay: number } | { percentile: number };
  /** After the first. */
  max: number;
}

/** Stops sending when too much fails. */
export interface CircuitBreaker {
  /** It opens after so many failures in a row; null: by rate. */
  consecutive: number | null;
  /** It opens when this share of the last `window` attempts failed, once there were `minimum`. */
  errorRate: number;
  window: number;
  minimum: number;
  openFor: number;
  /** Attempts let through half-open; all must succeed to close it. */
  probes: number;
}

/** Adapts how many requests may be under way to the latencies that come back. */
export interface ConcurrencyLimit {
  algorithm: 'aimd' | 'gradient';
  initial: number;
  min: number;
  max: number;
  /** Of `aimd`: the limit is multiplied by this when one fails or takes longer than `timeout`. */
  backoffRatio: number;
  timeout: number;
}

/** Rejects locally with probability (requests - multiplier x accepts) / (requests + 1), over a window. */
export interface Throttling {
  multiplier: number;
  window: number;
}

/** Leaves out addresses that fail, for a while. */
export interface OutlierDetection {
  /** Failures in a row. */
  consecutive: number;
  /** The n-th time for n times as long. */
  ejectedFor: number;
  /** Of the addresses, at most; one always. */
  maxEjected: number;
}

/** How a program looks a name up. */
export interface ResolverPolicy {
  library: 'glibc' | 'musl' | 'go';
  /** The cache in the program, ns; 0: none; `ttl`: as long as the answer says. */
  cache: { positive: number | 'ttl'; negative: number | 'ttl' };
  /** null: as the Pod's resolv.conf says. `timeout` (ns) is of one attempt. */
  ndots: number | null;
  search: string[] | null;
  attempts: number | null;
  timeout: number | null;
  singleRequestReopen: boolean;
}
