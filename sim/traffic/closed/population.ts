import { mix, uniform } from '../../engine/hash.ts';
import type { Sampler } from '../../engine/samplers/sampler.ts';
import type { UserPopulation } from '../../input/scenario.ts';
import { samplerOf } from '../sampler-of.ts';
import type { Loop, LoopHost } from './closed-loops.ts';

/** Purposes of draws. */
const FIRST = 0x71;
const THINK = 0x72;
const AWAY = 0x73;
const ENDS_SESSION = 0x74;
const LEAVES = 0x75;

/** Users: each thinks after an answer and makes the next request; they come, go away, come back, or leave for good. */
export class Population implements Loop {
  readonly #host: LoopHost;
  readonly #curve: Curve;
  readonly #think: Sampler;
  readonly #away: Sampler | null;
  /** Chance that a request is the last of its session. */
  readonly #ends: number;
  readonly #afterFailure: number;
  readonly #leave: number;
  #present = 0;
  /** Who left for good. */
  #gone = 0;

  constructor(host: LoopHost, { count, think, session, afterFailure, leave }: UserPopulation) {
    this.#host = host;
    this.#curve = new Curve(count);
    this.#think = samplerOf(think);
    this.#away = session && samplerOf(session.away);
    this.#ends = session === null ? 0 : 1 / session.requests;
    this.#afterFailure = afterFailure;
    this.#leave = leave;
    this.timer();
  }

  /** As many users come as are wanted now; then it waits until there is to be one more. */
  timer(): void {
    const { now } = this.#host;
    for (; this.#present < this.#wanted(now); this.#present++) {
      const user = this.#host.addMember();
      const key = mix(this.#host.key(user), FIRST);
      // The first request comes somewhere within a time to think, so that users do not march in step.
      this.#host.callMember(user, now + Math.round(drawn(this.#think, key) * uniform(mix(key, FIRST))));
    }
    const rise = this.#curve.nextRise(now);
    if (rise < Infinity) this.#host.callLoop(rise);
  }

  next(user: number): void {
    const { now } = this.#host;
    if (this.#present > this.#wanted(now)) this.#present--;
    else if (!this.#host.send(user)) this.#host.callMember(user, now + this.#afterFailure);
  }

  answered(user: number, ok: boolean): void {
    const key = this.#host.key(user);
    if (!ok && this.#leave > 0 && uniform(mix(key, LEAVES)) < this.#leave) {
      this.#present--;
      this.#gone++;
      return;
    }
    let pause = drawn(this.#think, mix(key, THINK));
    if (this.#away !== null && uniform(mix(key, ENDS_SESSION)) < this.#ends) pause = drawn(this.#away, mix(key, AWAY));
    this.#host.callMember(user, this.#host.now + (ok ? pause : Math.max(pause, this.#afterFailure)));
  }

  #wanted(now: number): number {
    return this.#curve.at(now) - this.#gone;
  }
}

function drawn(sampler: Sampler, hash: number): number {
  sampler.draw(hash);
  return sampler.out[0]!;
}

/** A number of users over time, rounded down: straight lines between points. */
class Curve {
  readonly #points: readonly (readonly [number, number])[];

  /** @param points [time ns, users], times ascending, the first at 0 */
  constructor(points: readonly (readonly [number, number])[]) {
    this.#points = points;
  }

  at(now: number): number {
    const next = this.#points.findIndex(([time]) => time > now);
    if (next < 0) return Math.floor(this.#points.at(-1)![1] + SLACK);
    const [from, before] = this.#points[next - 1]!;
    const [to, after] = this.#points[next]!;
    return Math.floor(before + ((after - before) * (now - from)) / (to - from) + SLACK);
  }

  /** When there is to be one more than now, or at least one more than a moment before; Infinity: never. */
  nextRise(now: number): number {
    const points = this.#points;
    for (let i = 1; i < points.length; i++) {
      const [from, before] = points[i - 1]!;
      const [to, after] = points[i]!;
      if (to <= now || after <= before) continue;
      const level = Math.floor((from <= now ? this.at(now) : Math.floor(before + SLACK)) + 1);
      if (level > after + SLACK) continue;
      return Math.max(now + 1, Math.ceil(from + ((level - before) / (after - before)) * (to - from)));
    }
    return Infinity;
  }
}

/** A line that goes through a whole number is not to miss it by a rounding. */
const SLACK = 1e-9;
