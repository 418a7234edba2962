/** What is on the screen, besides the trace itself. Times in ns. */
export interface View {
  /** The instant that is shown. */
  time: number;
  /** The part of the run that lanes and charts show. */
  from: number;
  to: number;
  /** Under the pointer; undefined when it is elsewhere. */
  hover: number | undefined;
  playing: boolean;
  /** Simulated seconds per second. */
  speed: number;
  /** Id of an object; -1: nothing. */
  selection: number;
  /** Place in the story; -1: none. */
  step: number;
  mark: number | undefined;
  theme: 'light' | 'dark';
  /** Counts changes of size, so that panels can watch them. */
  layout: number;
  lanesBy: 'node' | 'workload';
}

/** The one state of the page. Panels watch parts of it and are called once a frame, however often it changed. */
export class ViewStore {
  readonly #state: View;
  readonly #watchers: { keys: readonly (keyof View)[]; draw: () => void }[] = [];
  readonly #changed = new Set<keyof View>();
  #frame = 0;

  constructor(state: View) {
    this.#state = state;
  }

  get now(): Readonly<View> {
    return this.#state;
  }

  set(patch: Partial<View>): void {
    for (const key of Object.keys(patch) as (keyof View)[]) {
      if (Object.is(this.#state[key], patch[key])) continue;
      Object.assign(this.#state, { [key]: patch[key] });
      this.#changed.add(key);
    }
    if (this.#changed.size > 0 && this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Calls `draw` now, and in each frame in which one of the keys has changed. */
  watch(keys: readonly (keyof View)[], draw: () => void): void {
    this.#watchers.push({ keys, draw });
    draw();
  }

  #draw(): void {
    this.#frame = 0;
    const changed = new Set(this.#changed);
    this.#changed.clear();
    for (const { keys, draw } of this.#watchers) if (keys.some((key) => changed.has(key))) draw();
  }
}
