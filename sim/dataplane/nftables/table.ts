import type { IPFamily } from '../../cluster/api/service.ts';

export interface Not<T> {
  value: T;
  not?: boolean;
}

export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** What an element of a verdict map, or a rule, tells a packet. */
export type Verdict = { jump: string } | { goto: string } | 'drop' | 'reject' | 'return';

export type Statement =
  | Verdict
  | { dnat: string }
  | { orMark: number }
  | { xorMark: number }
  | 'masquerade'
  /** Look the packet up in a map: by address, protocol and port, or by protocol and port. */
  | { vmap: string; key: 'address' | 'port' }
  /** One of these chains, each as likely. */
  | { random: readonly string[] };

/** All tests must hold; one that is absent always does. */
export interface Rule {
  isNew?: boolean;
  source?: Not<readonly string[]>;
  sourceInSet?: string;
  destination?: Not<readonly string[]>;
  destinationInSet?: string;
  sourceIsLocal?: boolean;
  destinationIsLocal?: boolean;
  protocol?: 'tcp' | 'udp' | 'sctp';
  /** The bit is not set. */
  withoutMark?: number;
  /** Puts the sender into a set. */
  remember?: string;
  /** Its statement leads to an endpoint's chain. */
  isPick?: boolean;
  does?: Statement;
  comment?: string;
}

export interface Chain {
  /** Where the kernel calls it; lower priorities first. */
  base?: { type: 'filter' | 'nat'; hook: Hook; priority: number };
  comment?: string;
  rules: Rule[];
}

export interface AddressSet {
  comment?: string;
  /** Seconds that an element lives after its last update. Without: the elements are given. */
  timeoutSeconds?: number;
  elements: Set<string>;
}

/** An element's key is `ip . proto . port` or `proto . port`. */
export interface VerdictMap {
  key: 'address' | 'port';
  comment: string;
  elements: Map<string, { verdict: Verdict; comment?: string }>;
}

/** The table `kube-proxy` of one node and family. */
export interface NftTable {
  family: IPFamily;
  sets: Map<string, AddressSet>;
  maps: Map<string, VerdictMap>;
  chains: Map<string, Chain>;
}

export function append(table: NftTable, chain: string, ...rules: Rule[]): void {
  const own = table.chains.get(chain);
  if (own === undefined) table.chains.set(chain, { rules });
  else own.rules.push(...rules);
}
