import { reducedMotion } from './inks.ts';
import type { ViewStore } from './view-store.ts';

/** Simulated seconds per second. */
const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_200, 3_000, 10_000];
/** A run plays in about so many seconds unless its reader chooses otherwise. */
const WHOLE_RUN_SECONDS = 40;

/** The speed at which a run of `duration` ns plays in about 40 s. */
export function defaultSpeed(duration: number): number {
  const wanted = duration / 1e9 / WHOLE_RUN_SECONDS;
  return SPEEDS.reduce((best, speed) =>
    Math.abs(Math.log(speed / wanted)) < Math.abs(Math.log(best / wanted)) ? speed : best,
  );
}

/** Moves the time of the view while it plays. With reduced motion in steps, one a second. */
export class Player {
  readonly #store: ViewStore;
  readonly #end: number;
  #last = 0;

  constructor(store: ViewStore, end: number) {
    this.#store = store;
    this.#end = end;
    store.watch(['playing'], () => {
      if (!store.now.playing) return;
      if (store.now.time >= end) store.set({ time: 0 });
      this.#last = performance.now();
      requestAnimationFrame((now) => this.#tick(now));
    });
  }

  toggle(): void {
    this.#store.set({ playing: !this.#store.now.playing });
  }

  /** @param steps on the ladder of speeds: 1 faster, -1 slower */
  changeSpeed(steps: number): void {
    const at = SPEEDS.findIndex((speed) => speed >= this.#store.now.speed);
    this.#store.set({ speed: SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + steps))]! });
  }

  /** Shows an instant of the run, and moves lanes and charts there when it is outside. */
  seek(time: number): void {
    const end = this.#end;
    const { from, to } = this.#store.now;
    const target = Math.min(end, Math.max(0, time));
    this.#store.set({ time: target });
    if (target >= from && target <= to) return;
    const start = Math.min(end - (to - from), Math.max(0, target - (to - from) / 5));
    this.#store.set({ from: start, to: start + (to - from) });
  }

  #tick(now: number): void {
    const { playing, speed, time } = this.#store.now;
    if (!playing) return;
    const elapsed = now - this.#last;
    if (elapsed > 0 && (!reducedMotion() || elapsed >= 1000)) {
      this.#last = now;
      this.seek(time + Math.min(elapsed, 1000) * speed * 1e6);
      if (this.#store.now.time >= this.#end) return this.#store.set({ playing: false });
    }
    requestAnimationFrame((next) => this.#tick(next));
  }
}
