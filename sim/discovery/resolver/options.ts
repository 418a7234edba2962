/** What a resolver reads from the `options` of a resolv.conf. */
export interface ResolverOptions {
  /** A name with at least so many dots is tried as it is first. */
  ndots: number;
  /** For one try at one server, seconds. */
  timeoutSeconds: number;
  /** Rounds through the servers. */
  attempts: number;
}

/** Both libraries cap what a file may say. */
const MOST = { ndots: 15, timeout: 30, attempts: 5 };

/** @source resolv.conf(5): ndots 1, timeout 5 s, 2 attempts where the file does not say; of an option twice the last counts */
export function readOptions(options: readonly string[]): ResolverOptions {
  const last = (name: keyof typeof MOST, fallback: number) => {
    const value = options.findLast((option) => option.startsWith(`${name}:`))?.slice(name.length + 1);
    return value === undefined || !/^\d+$/.test(value) ? fallback : Math.min(Number(value), MOST[name]);
  };
  return { ndots: last('ndots', 1), timeoutSeconds: last('timeout', 5), attempts: last('attempts', 2) };
}
