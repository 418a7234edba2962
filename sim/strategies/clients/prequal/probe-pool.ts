/** Places for each probe that is kept. */
const PLACES = 8;

/**
 * What a client knows of a few backends from probes, at most one of each, the oldest first. Small: every question walks it.
 * @source B. Wydrowski et al., Load is not what you should balance: Introducing Prequal (NSDI 2024), sections 4.1 to 4.3
 */
export class ProbePool {
  /** By place: whose; requests in flight there; the latency that it expects; when the answer came, ns; how often it may be used yet. */
  readonly slot: Int32Array;
  readonly inFlight: Int32Array;
  readonly latency: Float64Array;
  readonly at: Float64Array;
  readonly uses: Float64Array;
  size = 0;
  /** The place of the oldest; the others follow. The oldest goes most of the time, so that nothing moves for it until the end is reached. */
  first = 0;
  readonly #room: number;
  /** By slot: 1 if it has a probe here, which saves the search for it where it has none: most of the time. */
  readonly #has: Uint8Array;

  /** @param room probes that are kept; one more drives out the oldest @param capacity slots are below this */
  constructor(room: number, capacity: number) {
    this.#room = room;
    this.#has = new Uint8Array(capacity);
    const places = PLACES * room;
    this.slot = new Int32Array(places);
    this.inFlight = new Int32Array(places);
    this.latency = new Float64Array(places);
    this.at = new Float64Array(places);
    this.uses = new Float64Array(places);
  }

  /** Makes the last place one of this backend, whose probe before it is dropped; the caller fills in `latency`, `at` and `uses`. */
  push(slot: number, inFlight: number): number {
    if (this.#has[slot] === 1) this.drop(this.#placeOf(slot));
    else if (this.size === this.#room) this.drop(this.first);
    this.#has[slot] = 1;
    if (this.first + this.size === this.slot.length) this.#rewind();
    const place = this.first + this.size++;
    this.slot[place] = slot;
    this.inFlight[place] = inFlight;
    return place;
  }

  /** Of one that has a probe. */
  #placeOf(slot: number): number {
    let place = this.first;
    while (this.slot[place] !== slot) place++;
    return place;
  }

  drop(place: number): void {
    this.#has[this.slot[place]!] = 0;
    this.size--;
    if (place === this.first) {
      this.first++;
      return;
    }
    const last = this.first + this.size;
    for (let i = place; i < last; i++) this.#move(i + 1, i);
  }

  #rewind(): void {
    for (let i = 0; i < this.size; i++) this.#move(this.first + i, i);
    this.first = 0;
  }

  #move(from: number, to: number): void {
    this.slot[to] = this.slot[from]!;
    this.inFlight[to] = this.inFlight[from]!;
    this.latency[to] = this.latency[from]!;
    this.at[to] = this.at[from]!;
    this.uses[to] = this.uses[from]!;
  }

  /**
   * Hot-cold lexicographic: of the cold the one with the least latency; if all are hot, the one with the fewest in flight. The older
   * first among equals, but among equals in flight the faster.
   * @param hot in flight: as many or more are hot
   * @returns a place; -1 of an empty pool
   */
  best(hot: number): number {
    const { first, inFlight, latency } = this;
    const end = first + this.size;
    let cold = -1;
    let warm = -1;
    for (let place = first; place < end; place++) {
      if (inFlight[place]! < hot) {
        if (cold < 0 || latency[place]! < latency[cold]!) cold = place;
      } else if (warm < 0 || this.#isHotter(warm, place)) warm = place;
    }
    return cold >= 0 ? cold : warm;
  }

  /** What `best` would pick last: the hot one with the most in flight, without any the slowest. */
  worst(hot: number): number {
    const { first, inFlight, latency } = this;
    const end = first + this.size;
    let cold = -1;
    let warm = -1;
    for (let place = first; place < end; place++) {
      if (inFlight[place]! < hot) {
        if (cold < 0 || latency[place]! > latency[cold]!) cold = place;
      } else if (warm < 0 || this.#isHotter(place, warm)) warm = place;
    }
    return warm >= 0 ? warm : cold;
  }

  #isHotter(a: number, b: number): boolean {
    const more = this.inFlight[a]! - this.inFlight[b]!;
    return more > 0 || (more === 0 && this.latency[a]! > this.latency[b]!);
  }
}
