import type { IPFamily } from '../../cluster/api/service.ts';

export type TableName = 'filter' | 'nat' | 'mangle';
export type ConnectionState = 'INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'DNAT';

export interface Not<T> {
  value: T;
  not?: boolean;
}

/** What a matching packet is told. A rule without one only has a comment. */
export type Target =
  | { jump: string }
  | { dnat: string }
  | { orMark: number }
  | { xorMark: number }
  | 'ACCEPT'
  | 'DROP'
  | 'REJECT'
  | 'RETURN'
  | 'MASQUERADE'
  | 'MASQUERADE --random-fully';

/** All tests must hold; one that is absent always does. */
export interface Rule {
  comment?: string;
  /** A block. */
  source?: Not<string>;
  /** A block. */
  destination?: Not<string>;
  protocol?: 'tcp' | 'udp' | 'sctp';
  destinationPort?: number;
  /** Any of these. */
  states?: Not<readonly ConnectionState[]>;
  /** false: it must not be. */
  sourceIsLocal?: boolean;
  destinationIsLocal?: boolean;
  /** value/value */
  mark?: Not<number>;
  /** Matches one packet of so many, at random. */
  oneOf?: number;
  /** Is the sender in the list, not longer than so many seconds ago? Without seconds: matches, and puts it there. */
  recent?: { list: string; seconds?: number };
  /** It did not come out of a bridge, as what Pods send does. */
  notFromBridge?: boolean;
  /** An ipset, and which fields of the packet are looked up in it. */
  set?: { name: string; fields: string };
  /** Its target is an endpoint's chain. */
  isPick?: boolean;
  target?: Target;
}

export interface Table {
  name: TableName;
  /** By chain. Those that the kernel calls itself are in upper case without a `KUBE-`. */
  chains: Map<string, Rule[]>;
}

/** The netfilter programming of one node and family. */
export interface RuleSet {
  family: IPFamily;
  nat: Table;
  filter: Table;
  mangle: Table;
}

/** Chains that the kernel calls at a hook. */
export const BUILT_IN: Readonly<Record<TableName, readonly string[]>> = {
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
};

export const MASQUERADE_MARK = 0x4000;

export function emptyTable(name: TableName, chains: readonly string[]): Table {
  return { name, chains: new Map([...BUILT_IN[name], ...chains].map((chain) => [chain, []])) };
}

/** Appends to a chain, which is made where it is not there. */
export function append(table: Table, chain: string, ...rules: Rule[]): void {
  const own = table.chains.get(chain);
  if (own === undefined) table.chains.set(chain, rules);
  else own.push(...rules);
}

/** The target of a jump to a chain. */
export function jump(chain: string): Target {
  return { jump: chain };
}
