import type { Rcode, ResourceRecord } from '../message.ts';
import { absolute } from '../names.ts';

/** What came of asking for one name. */
export interface Step {
  rcode: Rcode;
  /** Empty: nothing of what was asked for. */
  records: ResourceRecord[];
}

/** How a C library walks the search list. @returns the answer; none: it gave up */
export type Search = (
  name: string,
  list: readonly string[],
  ndots: number,
  ask: (name: string) => Step,
) => ResourceRecord[];

/**
 * glibc: with enough dots the name itself first, then the search list, then the name itself if that was not tried. A name
 * without addresses is no reason to stop, nor is a server's failure.
 * @source glibc resolv/res_query.c, __res_context_search
 */
export const searchAsGlibc: Search = (name, list, ndots, ask) => {
  const isAbsolute = name.endsWith('.');
  const isFirst = isAbsolute || dotsIn(name) >= ndots;
  const asItIs = () => ask(absolute(name)).records;
  if (isFirst) {
    const records = asItIs();
    if (records.length > 0 || isAbsolute) return records;
  }
  for (const domain of list) {
    const { records, rcode } = ask(below(name, domain));
    if (records.length > 0) return records;
    if (rcode === 'REFUSED') break;
  }
  return isFirst || list.includes('.') ? [] : asItIs();
};

/**
 * musl: with enough dots only the name itself; else the search list, then the name. It goes on after NXDOMAIN alone: a name
 * that is there without records, or a server's failure, ends the search.
 * @source musl src/network/lookup_name.c, name_from_dns_search and name_from_dns
 */
export const searchAsMusl: Search = (name, list, ndots, ask) => {
  const isWhole = name.endsWith('.') || dotsIn(name) >= ndots;
  const bare = name.replace(/\.$/, '');
  if (bare === '' || bare.endsWith('.')) return [];
  for (const domain of isWhole || isTooLong(list) ? [] : list) {
    const { records, rcode } = ask(below(bare, domain));
    if (records.length > 0 || rcode !== 'NXDOMAIN') return records;
  }
  return ask(absolute(bare)).records;
};

/** musl passes over a line of resolv.conf that does not fit in its buffer of 256 bytes. */
function isTooLong(list: readonly string[]): boolean {
  return `search ${list.join(' ')}\n`.length > 255;
}

function below(name: string, domain: string): string {
  return domain === '.' ? absolute(name) : absolute(`${name}.${domain}`);
}

function dotsIn(name: string): number {
  return name.split('.').length - 1;
}
