import type { Library } from './look-up.ts';
import { searchAsGlibc, searchAsMusl } from './search.ts';

/** The names that a resolver asks for one after the other, as long as none leads anywhere; absolute. */
export interface Candidates {
  names: string[];
  /** The place of the name as it stands; -1: it is never asked for. */
  asItIs: number;
}

/**
 * The order of questions, without asking any: what each answer makes of it is the walker's business.
 * @param library Go's own resolver walks like glibc: golang/go src/net/dnsclient_unix.go, nameList
 */
export function candidatesOf(name: string, search: readonly string[], ndots: number, library: Library): Candidates {
  const names: string[] = [];
  const walk = library === 'musl' ? searchAsMusl : searchAsGlibc;
  walk(name, search, ndots, (asked) => {
    names.push(asked);
    return { rcode: 'NXDOMAIN', records: [] };
  });
  return { names, asItIs: names.indexOf(name.endsWith('.') ? name : `${name}.`) };
}
