import type { Protocol } from '../../cluster/api/meta.ts';
import type { IPFamily } from '../../cluster/api/service.ts';

/** The first packet of a new connection, where it meets a node's data plane. */
export interface Packet {
  /** Canonical, like `to`. */
  from: string;
  /** What sends it: a Pod of the node, a process of the node itself, or somebody outside of it. */
  where: 'pod' | 'node' | 'external';
  to: string;
  port: number;
  protocol: Protocol;
  family: IPFamily;
  /** The affinity lists (by the mode's own name of the list) that hold the sender. Absent: none does. */
  remembered?: ReadonlySet<string>;
}

/** `accept`: no Service rule takes it; it is routed as it is addressed. */
export type Verdict = 'dnat' | 'accept' | 'reject' | 'drop';

/** One thing that the packet met: a chain, a map, a virtual server. */
export interface Step {
  /** Where: `nat PREROUTING`, `cgroup connect4`… */
  hook: string;
  /** The chain or map. */
  chain: string;
  /** The rule or element that matched, in the mode's own words; null: none did. */
  matched: string | null;
  /** Rules that were looked at, the matching one included. Lookups in maps and sets are one. */
  looked: number;
}

/** A backend that the pick may yield. */
export interface Candidate {
  ip: string;
  port: number;
  /** `ip:port`. */
  address: string;
  probability: number;
  /** Does the source become the node's address? */
  masquerade: boolean;
  /** What the packet meets after this pick. */
  steps: Step[];
}

export interface Decision {
  verdict: Verdict;
  /** In rule order; their probabilities sum to 1. Empty unless the verdict is `dnat`. */
  candidates: Candidate[];
  /** Up to the pick. */
  steps: Step[];
  /** The rule that decided, or why none did. */
  because: string;
}
