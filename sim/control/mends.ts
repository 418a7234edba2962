import type { Engine } from '../engine/engine.ts';
import type { Kinds } from '../engine/kinds.ts';

const kinds = {
  'fault.end': { a: 'fault', b: '-', run: (mends, fault) => mends.end(fault) },
} satisfies Kinds<Mends>;

/** What undoes faults when their time is over. */
export class Mends {
  readonly #engine: Engine;
  readonly #kind: number;
  readonly #mends: (() => void)[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#kind = engine.define<Mends, typeof kinds>(this, kinds)['fault.end'];
  }

  /** @param duration ns from now; Infinity: never */
  after(duration: number, mend: () => void): void {
    if (duration === Infinity) return;
    this.#engine.due[0] = this.#engine.clock[0]! + duration;
    this.#engine.schedule(this.#kind, this.#mends.push(mend) - 1, 0);
  }

  end(number: number): void {
    this.#mends[number]!();
  }
}
