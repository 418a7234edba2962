import { MILLISECOND, MINUTE, SECOND } from '../cluster/duration.ts';
import { RESOLVER_PRESETS } from './resolver-presets.ts';
import type { ClientPolicy } from './scenario.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;

/** Nothing is tried again; a policy that sets `retries.max` gets exponential backoff with full jitter. @source AWS Architecture Blog, "Exponential Backoff And Jitter" */
const NO_RETRIES: ClientPolicy['retries'] = {
  max: 0,
  backoff: { base: 100 * MILLISECOND, factor: 2, max: 10 * SECOND, jitter: 'full' },
  on: ['connect', 'timeout', 'serverError'],
  probability: 1,
  budget: null,
};

/**
 * A bare socket: no pool, no timeout of its own. A connection attempt ends when the kernel gives up: `tcp_syn_retries` 6
 * with Linux 6.5's linear timeouts, 131 s.
 * @source Linux Documentation/networking/ip-sysctl.rst
 */
const NONE: ClientPolicy = {
  pool: UNLIMITED,
  poolTimeout: UNLIMITED,
  keepAlive: 0,
  connectTimeout: 131 * SECOND,
  timeout: UNLIMITED,
  retries: NO_RETRIES,
  resolver: RESOLVER_PRESETS.glibc!,
};

/** What clients do as they come out of the box; a scenario's policy overrides single fields of one of them. */
export const CLIENT_PRESETS: Record<string, ClientPolicy> = {
  none: NONE,

  /**
   * Node's `fetch` (undici): any number of connections to an origin, connect 10 s, headers 300 s, keep-alive 4 s.
   * @source https://undici.nodejs.org/#/docs/api/Client
   */
  'node-fetch': {
    ...NONE,
    keepAlive: 4 * SECOND,
    connectTimeout: 10 * SECOND,
    timeout: 300 * SECOND,
    resolver: RESOLVER_PRESETS.node!,
  },

  /**
   * Go's `http.DefaultTransport`: dial 30 s, idle connections 90 s, `Client.Timeout` none.
   * @source golang/go src/net/http/transport.go
   * @simplifies `MaxIdleConnsPerHost` 2: under concurrency Go opens more connections than the simulation; the one replay of
   *   an idempotent request on a dead reused connection is left out
   */
  go: { ...NONE, keepAlive: 90 * SECOND, connectTimeout: 30 * SECOND, resolver: RESOLVER_PRESETS.go! },

  /**
   * Apache HttpClient 5: 5 connections a route, 3 min to connect and to wait for a connection, 1 retry after 1 s.
   * @source https://hc.apache.org/httpcomponents-client-5.4.x/, PoolingHttpClientConnectionManager, DefaultHttpRequestRetryStrategy
   * @simplifies it retries 429 and 503 only; here any 5xx
   */
  'java-httpclient': {
    ...NONE,
    pool: 5,
    poolTimeout: 3 * MINUTE,
    keepAlive: 3 * MINUTE,
    connectTimeout: 3 * MINUTE,
    resolver: RESOLVER_PRESETS.jvm!,
    retries: {
      ...NO_RETRIES,
      max: 1,
      on: ['serverError'],
      backoff: { base: SECOND, factor: 1, max: SECOND, jitter: 'none' },
    },
  },

  /**
   * Python `requests` with a Session: ten pools of ten connections that do not block (more are opened and thrown away), no timeouts.
   * @source psf/requests src/requests/adapters.py, HTTPAdapter
   * @simplifies it never closes an idle connection; servers do, here after 60 s
   */
  'python-requests': { ...NONE, keepAlive: 60 * SECOND },

  /**
   * People at browsers: 240 s to connect, 300 s for an answer, no retries by the program (a person who presses again is
   * `retries` with a `probability`).
   * @source Chromium net/socket/transport_connect_job.cc
   * @simplifies each request is another person's, so there is no pool and a connection per request; the load balancer sees
   *   somewhat more handshakes than in life
   */
  browser: { ...NONE, connectTimeout: 240 * SECOND, timeout: 300 * SECOND },
};
