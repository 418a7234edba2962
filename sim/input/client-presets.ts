import { MILLISECOND, MINUTE, SECOND } from '../cluster/duration.ts';
import type { ClientPolicy } from './client-policy.ts';
import { RESOLVER_PRESETS } from './resolver-presets.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;

/** Nothing is tried again; a policy that sets `retries.max` gets exponential backoff with full jitter. @source AWS Architecture Blog, "Exponential Backoff And Jitter" */
const NO_RETRIES: ClientPolicy['retries'] = {
  max: 0,
  backoff: { base: 100 * MILLISECOND, factor: 2, max: 10 * SECOND, jitter: 'full' },
  on: ['connect', 'timeout', 'serverError'],
  probability: 1,
  budget: null,
  retryAfter: false,
};

/**
 * A bare socket: no pool, no timeout of its own. A connection attempt ends when the kernel gives up, and one that stood
 * when the kernel has sent data in vain for 924.6 s (`tcp_retries2` 15). Peers of HTTP/2 take 100 streams at a time, the least that its
 * specification recommends.
 * @source Linux Documentation/networking/ip-sysctl.rst; RFC 9113, 6.5.2
 */
const NONE: ClientPolicy = {
  protocol: 'http1',
  pool: UNLIMITED,
  maxStreams: 100,
  poolTimeout: UNLIMITED,
  maxWaiting: UNLIMITED,
  keepAlive: 0,
  maxIdle: UNLIMITED,
  maxLifetime: UNLIMITED,
  lifetimeJitter: 0,
  deadAfter: 924.6 * SECOND,
  connectTimeout: UNLIMITED,
  timeout: UNLIMITED,
  readTimeout: UNLIMITED,
  totalTimeout: UNLIMITED,
  patience: null,
  priority: 0,
  inheritsDeadline: false,
  balancing: 'roundRobin',
  retries: NO_RETRIES,
  hedging: null,
  circuitBreaker: null,
  concurrencyLimit: null,
  throttling: null,
  outlierDetection: null,
  resolver: RESOLVER_PRESETS.glibc!,
};

/** What clients do as they come out of the box; a scenario's policy overrides single fields of one of them. */
export const CLIENT_PRESETS: Record<string, ClientPolicy> = {
  none: NONE,

  /**
   * Node's `fetch` (undici): any number of connections to an origin, connect 10 s, headers 300 s, keep-alive 4 s.
   * @source https://undici.nodejs.org/#/docs/api/Client (connect.timeout, headersTimeout, keepAliveTimeout)
   */
  'node-fetch': {
    ...NONE,
    keepAlive: 4 * SECOND,
    connectTimeout: 10 * SECOND,
    readTimeout: 300 * SECOND,
    resolver: RESOLVER_PRESETS.node!,
  },

  /**
   * Node's `http.request` with the global agent, as axios and got use it: any number of connections, of which 256 stay when they are
   * idle, for 5 s; no timeouts.
   * @source nodejs.org/api/http.html, `new Agent(options)`: maxSockets Infinity, maxFreeSockets 256; `http.globalAgent`: keepAlive and a
   *   timeout of 5 s since Node 19
   */
  'node-http': { ...NONE, keepAlive: 5 * SECOND, maxIdle: 256, resolver: RESOLVER_PRESETS.node! },

  /**
   * Go's `http.DefaultTransport`: dial 30 s, 2 idle connections to a host for 90 s, `Client.Timeout` none.
   * @source golang/go src/net/http/transport.go (DefaultMaxIdleConnsPerHost, IdleConnTimeout, Dialer.Timeout)
   * @simplifies `MaxIdleConns` 100 over all hosts is not counted; the one replay of an idempotent request on a dead reused connection is
   *   left out
   */
  go: { ...NONE, keepAlive: 90 * SECOND, maxIdle: 2, connectTimeout: 30 * SECOND, resolver: RESOLVER_PRESETS.go! },

  /**
   * Apache HttpClient 5 (the JDK's own client is `jdk-httpclient`): 5 connections a route, 3 min to connect and to wait for a connection, 1
   * retry after 1 s of a 429, a 503, or a connection that breaks. What it does not try again: timeouts (InterruptedIOException), a refused connection
   * (ConnectException), no route (NoRouteToHostException), an unknown name (UnknownHostException).
   * @source https://hc.apache.org/httpcomponents-client-5.4.x/, PoolingHttpClientConnectionManager, DefaultHttpRequestRetryStrategy
   * @simplifies all requests are held to be idempotent; after a connection that broke it tries again at once, and here after 1 s too
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
      on: [429, 503, 'reset'],
      retryAfter: true,
      backoff: { base: SECOND, factor: 1, max: SECOND, jitter: 'none' },
    },
  },

  /**
   * Python `requests` with a Session: ten pools of ten connections that do not block (more are opened and thrown away), no timeouts.
   * @source psf/requests src/requests/adapters.py, HTTPAdapter
   * @simplifies it never closes an idle connection of the ten; servers do, here after 60 s
   */
  'python-requests': { ...NONE, keepAlive: 60 * SECOND, maxIdle: 10 },

  /**
   * The Ingress controller on nginx: connect 5 s, read 60 s, idle upstream connections 60 s; a dead backend or a timeout is
   * tried at another, three in all, at once.
   * @source https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/ (proxy-connect-timeout,
   *   proxy-read-timeout, proxy-next-upstream, proxy-next-upstream-tries, upstream-keepalive-timeout)
   * @simplifies its 320 idle connections a worker are not counted
   */
  'ingress-nginx': {
    ...NONE,
    keepAlive: MINUTE,
    connectTimeout: 5 * SECOND,
    readTimeout: MINUTE,
    retries: {
      ...NO_RETRIES,
      max: 2,
      on: ['connect', 'timeout'],
      backoff: { base: 0, factor: 1, max: 0, jitter: 'none' },
    },
  },

  /**
   * The JDK's own `java.net.http.HttpClient`: HTTP/2 where the server offers it, any number of connections, idle ones for 30 s,
   * no timeouts of its own.
   * @source docs.oracle.com, module java.net.http, `jdk.httpclient.keepalive.timeout` 30, `jdk.httpclient.connectionPoolSize` 0
   * @simplifies over clear text it speaks HTTP/1.1 unless told otherwise, and so does this; its retry of connection failures is left out
   */
  'jdk-httpclient': { ...NONE, keepAlive: 30 * SECOND, resolver: RESOLVER_PRESETS.jvm! },

  /**
   * OkHttp: 5 idle connections for 5 min, 10 s to connect and to read.
   * @source https://square.github.io/okhttp/, OkHttpClient.Builder, ConnectionPool
   * @simplifies the 5 are of all its hosts together, and the one that was idle for longest is closed; the read timeout is of the whole answer; the
   *   silent retry on another address is left out
   */
  okhttp: {
    ...NONE,
    keepAlive: 5 * MINUTE,
    maxIdle: 5,
    connectTimeout: 10 * SECOND,
    readTimeout: 10 * SECOND,
    resolver: RESOLVER_PRESETS.jvm!,
  },

  /**
   * A pool of database connections as HikariCP has it: 10, of which each lives half an hour less up to 2.5 %; 30 s to wait for one.
   * @source https://github.com/brettwooldridge/HikariCP (maximumPoolSize, connectionTimeout, maxLifetime; idleTimeout does nothing
   *   while minimumIdle is the maximum), PoolBase and HikariPool for the variance of lifetimes
   * @simplifies connections are opened when they are first wanted
   */
  hikaricp: {
    ...NONE,
    pool: 10,
    poolTimeout: 30 * SECOND,
    keepAlive: 30 * MINUTE,
    maxLifetime: 30 * MINUTE,
    lifetimeJitter: 0.025,
    resolver: RESOLVER_PRESETS.jvm!,
  },

  /**
   * A gRPC channel: one HTTP/2 connection per address, of which it uses the first (`pick_first`), 20 s to connect; deadlines are passed on
   * where a call has one; no retries without a service config.
   * @source github.com/grpc/grpc doc/load-balancing.md, doc/connection-backoff.md; grpc.io/docs/guides/deadlines
   * @simplifies while it cannot connect, calls fail with each connection attempt and do not wait for a back-off between them; an idle
   *   channel is closed after 30 min
   */
  grpc: {
    ...NONE,
    protocol: 'http2',
    pool: 1,
    keepAlive: 30 * MINUTE,
    connectTimeout: 20 * SECOND,
    inheritsDeadline: true,
    balancing: 'pickFirst',
    resolver: RESOLVER_PRESETS.go!,
  },

  /**
   * An Envoy sidecar or gateway, HTTP/1.1 upstream: 1024 connections and as many calls that wait, connect 5 s, 15 s in all, an idle
   * connection for an hour, no retries unless asked for, and then at most 3 at a time.
   * @source envoyproxy.io, config.cluster.v3.CircuitBreakers, RouteAction.timeout, HttpProtocolOptions.idle_timeout, Cluster.connect_timeout
   */
  envoy: {
    ...NONE,
    pool: 1024,
    maxWaiting: 1024,
    keepAlive: 60 * MINUTE,
    connectTimeout: 5 * SECOND,
    totalTimeout: 15 * SECOND,
    retries: {
      ...NO_RETRIES,
      backoff: { base: 25 * MILLISECOND, factor: 2, max: 250 * MILLISECOND, jitter: 'full' },
      budget: { kind: 'active', share: 0, minimum: 3 },
    },
  },

  /**
   * nginx as it comes: a connection per request, 60 s to connect and to read, after an error or a timeout the next of its servers, each
   * once. The name of a Service that has a virtual address is one server, so that nothing is tried again.
   * @source https://nginx.org/en/docs/http/ngx_http_proxy_module.html (proxy_connect_timeout, proxy_read_timeout, proxy_next_upstream); of
   *   one server src/http/ngx_http_upstream_round_robin.c, ngx_http_upstream_init_round_robin_peer (`tries`)
   * @simplifies the next server is the next in turn, which another request may have moved; max_fails and fail_timeout are left out
   */
  nginx: {
    ...NONE,
    connectTimeout: MINUTE,
    readTimeout: MINUTE,
    retries: {
      ...NO_RETRIES,
      max: 'addresses',
      on: ['connect', 'timeout'],
      backoff: { base: 0, factor: 1, max: 0, jitter: 'none' },
    },
  },

  /**
   * People at browsers: 240 s to connect, 300 s for an answer, no retries by the program (a person who presses again is
   * `retries` with a `probability`).
   * @source Chromium net/socket/transport_connect_job.cc
   * @simplifies each request is another person's, so there is no pool and a connection per request; the load balancer sees
   *   somewhat more handshakes than in life
   */
  browser: { ...NONE, connectTimeout: 240 * SECOND, readTimeout: 300 * SECOND },
};
