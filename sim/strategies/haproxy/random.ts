import type { Strategy, View } from '../strategy.ts';
import type { HashRing } from '../structures/hash-ring.ts';
import { consistentRing, nearest } from './consistent-ring.ts';
import { Servers } from './servers.ts';
import { SessionRate } from './session-rate.ts';

/**
 * HAProxy's random(draws): random places on the consistent ring, with replacement; the server with the fewest requests for its weight, then the one
 * with the fewest new ones a second, then the later draw. As servers have 16 points for each unit of weight, their shares of the ring
 * differ by a quarter or so.
 * @source haproxy src/backend.c, get_server_rnd
 * @simplifies maxconn of servers, with which a request for one that is full waits for the whole backend
 */
export class Random implements Strategy {
  readonly #view: View;
  readonly #servers: Servers;
  readonly #rate: SessionRate;
  readonly #draws: number;
  #ring: HashRing | undefined;

  constructor(view: View, { draws }: { draws: number }) {
    this.#view = view;
    this.#draws = draws;
    this.#servers = new Servers(view);
    this.#rate = new SessionRate(view);
  }

  changed(): void {
    this.#servers.changed(() => {});
    this.#ring = consistentRing(this.#view, this.#servers);
  }

  pick(): number {
    const ring = this.#ring;
    if (ring === undefined || ring.size === 0) return -1;
    let best = ring.owner[nearest(ring, this.#view.random.bits())]!;
    for (let i = 1; i < this.#draws; i++) {
      const drawn = ring.owner[nearest(ring, this.#view.random.bits())]!;
      if (drawn !== best && !this.#worse(drawn, best)) best = drawn;
    }
    return best;
  }

  started(slot: number): void {
    this.#rate.count(slot);
  }

  #worse(drawn: number, best: number): boolean {
    const { inFlight } = this.#view;
    const { effective } = this.#servers;
    const more = inFlight[drawn]! * effective[best]! - inFlight[best]! * effective[drawn]!;
    return more > 0 || (more === 0 && this.#rate.compare(drawn, best) > 0);
  }
}
