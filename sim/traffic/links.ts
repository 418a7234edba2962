import type { Registry } from '../cluster/registry.ts';
import { zoneOf } from '../cluster/zone.ts';
import { mix, uniform } from '../engine/hash.ts';
import type { LinkFault, LinkSide } from '../input/scenario.ts';

/** Purposes of draws. */
const LOSS = 0x71;
const JITTER = 0x72;

/** Data that nobody acknowledged is sent again after this, and then after twice as long each time, ns. @source RFC 6298; Linux TCP_RTO_MIN 200 ms, TCP_RTO_MAX 120 s */
const FIRST_TIMEOUT = 0.2e9;
const LONGEST_TIMEOUT = 120e9;
/** When the sender gives up, ns. @source Linux tcp_retries2 15: 924.6 s */
export const DATA_PATIENCE = 924.6e9;

interface Disturbance {
  readonly fault: LinkFault;
  /** ns; Infinity: with the run. */
  readonly endsAt: number;
}

/**
 * Links between parts of the cluster that are cut, slow or lossy for a while. Lost data of a connection is sent again and comes
 * late, a lost SYN is the handshake's business, a lost datagram nobody's.
 * @simplifies a lost acknowledgement is a lost message; lost packets hold up no others of their connection; DNS queries, probes and what
 *   the control plane says go on undisturbed, so that a Node behind a cut stays Ready
 */
export class Links {
  readonly #clock: Float64Array;
  readonly #nodes: Registry<'Node'>;
  #disturbances: readonly Disturbance[] = [];
  /** Whether there is anything to ask. */
  isOn = false;

  constructor(clock: Float64Array, nodes: Registry<'Node'>) {
    this.#clock = clock;
    this.#nodes = nodes;
  }

  /** @param duration ns @returns what mends the link */
  disturb(fault: LinkFault, duration: number): () => void {
    const disturbance = { fault, endsAt: this.#clock[0]! + duration };
    this.#disturbances = [...this.#disturbances, disturbance];
    this.isOn = true;
    return () => {
      this.#disturbances = this.#disturbances.filter((each) => each !== disturbance);
      this.isOn = this.#disturbances.length > 0;
    };
  }

  /** Is nothing heard between the two now? @param from slot of a Node; -1: outside the cluster */
  isCut(from: number, to: number): boolean {
    return this.isOn && this.#disturbances.some(({ fault }) => fault.isCut && this.#concerns(fault, from, to));
  }

  /** @param hash 32 bits of this SYN or datagram @returns by how much it is late, ns; Infinity: it is lost */
  packetLag(from: number, to: number, hash: number): number {
    let lag = 0;
    this.#disturbances.forEach(({ fault }, i) => {
      if (!this.#concerns(fault, from, to)) return;
      const own = mix(hash, i);
      if (fault.isCut || uniform(mix(own, LOSS)) < fault.loss) lag = Infinity;
      lag += this.#delay(fault, own);
    });
    return lag;
  }

  /** @param hash 32 bits of this message @returns by how much data over a connection is late, ns; Infinity: the sender gives up */
  dataLag(from: number, to: number, hash: number): number {
    const now = this.#clock[0]!;
    let lag = 0;
    let clearAt = now;
    let losses = 0;
    this.#disturbances.forEach(({ fault, endsAt }, i) => {
      if (!this.#concerns(fault, from, to)) return;
      const own = mix(hash, i);
      if (fault.isCut) clearAt = Math.max(clearAt, endsAt);
      if (fault.loss > 0) losses += lossesOf(fault.loss, uniform(mix(own, LOSS)));
      lag += this.#delay(fault, own);
    });
    // It is sent again and again, and arrives with the first copy that is neither lost nor meets the cut.
    let resent = 0;
    let timeout = FIRST_TIMEOUT;
    for (; losses > 0 || now + resent < clearAt; losses--) {
      resent += timeout;
      timeout = Math.min(LONGEST_TIMEOUT, timeout * 2);
      if (resent > DATA_PATIENCE) return Infinity;
    }
    return lag + resent;
  }

  #delay({ delay, jitter }: LinkFault, hash: number): number {
    return delay + (jitter === 0 ? 0 : Math.round(jitter * uniform(mix(hash, JITTER))));
  }

  #concerns({ between: [one, other] }: LinkFault, from: number, to: number): boolean {
    return (this.#is(one, from) && this.#is(other, to, one)) || (this.#is(one, to) && this.#is(other, from, one));
  }

  /** Does the Node belong to the side? @param beside of a side that is all the rest: what it is the rest of */
  #is(side: LinkSide, node: number, beside?: LinkSide): boolean {
    if (side.kind === 'rest') return beside === undefined || !this.#is(beside, node);
    if (side.kind === 'external') return node < 0;
    if (node < 0) return false;
    const object = this.#nodes.at(node);
    return side.kind === 'node' ? object.metadata.name === side.name : zoneOf(object) === side.name;
  }
}

/** Copies lost before one arrives, each with probability `loss`. */
function lossesOf(loss: number, draw: number): number {
  return loss >= 1 ? Infinity : Math.floor(Math.log(draw) / Math.log(loss));
}
