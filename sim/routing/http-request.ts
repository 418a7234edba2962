/** A request as a router sees it. */
export interface HTTPRequest {
  scheme: 'http' | 'https';
  /** Lower case, without a port. */
  host: string;
  port: number;
  /** Begins with a slash, without the query. */
  path: string;
  query: readonly (readonly [name: string, value: string])[];
  method: string;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
}

/** @returns null: this is no URL with http or https and a host */
export function requestOf(
  url: string,
  method = 'GET',
  headers: readonly (readonly [name: string, value: string])[] = [],
): HTTPRequest | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port, pathname, searchParams } = new URL(url);
  if ((protocol !== 'http:' && protocol !== 'https:') || hostname === '') return null;
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return {
    scheme,
    host: hostname.toLowerCase(),
    port: port === '' ? { http: 80, https: 443 }[scheme] : Number(port),
    path: pathname,
    query: [...searchParams],
    method,
    headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), value])),
  };
}

/** Does one path lie under another, element by element? `/shop` has `/shop` and `/shop/cart` under it, not `/shopping`. */
export function isUnder(path: string, prefix: string): boolean {
  const stem = prefix.replace(/\/$/, '');
  return path === stem || path.startsWith(`${stem}/`);
}
