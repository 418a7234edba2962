import { SECOND } from '../cluster/duration.ts';
import type { ResolverPolicy } from './client-policy.ts';

/** glibc's `getaddrinfo`: A and AAAA at once from one socket, no cache. @source glibc resolv/res_send.c */
const GLIBC: ResolverPolicy = {
  library: 'glibc',
  cache: { positive: 0, negative: 0 },
  ndots: null,
  search: null,
  attempts: null,
  timeout: null,
  singleRequestReopen: false,
};

/** How programs look names up as they come out of the box. */
export const RESOLVER_PRESETS: Readonly<Record<string, ResolverPolicy>> = {
  glibc: GLIBC,

  /** @source musl src/network/res_msend.c: A and AAAA at once from one socket, sent again after timeout / attempts */
  musl: { ...GLIBC, library: 'musl' },

  /** Node's `dns.lookup` is `getaddrinfo` on a thread. @source https://nodejs.org/api/dns.html, Implementation considerations */
  node: GLIBC,

  /**
   * Go's own resolver: A and AAAA at once, each from a socket of its own.
   * @source golang/go src/net/dnsclient_unix.go, goLookupIPCNAMEOrder
   */
  go: { ...GLIBC, library: 'go' },

  /**
   * A JVM remembers an address for 30 s and a failed lookup for 10 s, whatever the TTL.
   * @source OpenJDK src/java.base/share/conf/security/java.security
   */
  jvm: { ...GLIBC, cache: { positive: 30 * SECOND, negative: 10 * SECOND } },

  /** nginx resolves a literal name of `proxy_pass` or `upstream` at its start and never again. @source nginx ngx_http_proxy_module */
  nginx: { ...GLIBC, cache: { positive: Number.POSITIVE_INFINITY, negative: 0 } },
};
