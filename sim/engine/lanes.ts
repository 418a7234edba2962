import { EngineError } from './errors.ts';

/** A store whose slots have generations, such as `Slots`: an event for (slot, generation) is stale when they differ. */
export interface Generations {
  readonly generation: Int32Array;
}

/** A lane's waiting events: a ring of rows of 32 bytes, [at, seq] as doubles and [kind, a, b] as integers 4 to 6. */
interface Ring {
  readonly delay: number;
  readonly store: Generations | null;
  doubles: Float64Array;
  ints: Int32Array;
  mask: number;
  first: number;
  count: number;
}

/**
 * Events with a constant delay: those of one delay come in the order in which they were scheduled, so each lane is a FIFO
 * ring. The heads of the lanes meet in a tournament tree: adding an event is O(1), taking one O(log lanes).
 */
export class Lanes {
  /** [0] time and [1] sequence number of the first event of all lanes; time Infinity when there is none. */
  readonly head = new Float64Array([Infinity, 0]);
  /** Kind, a and b of the event that `pop` removed. */
  readonly row: Int32Array;
  readonly #clock: Float64Array;
  readonly #seq: Float64Array;
  readonly #limit: number;
  #rings: Ring[] = [];
  #byDelay = new Map<Generations | null, Map<number, number>>();
  #heads = new Float64Array([Infinity, 0]); // [at, seq] of each lane's first event; at Infinity when it is empty
  #winners = new Int32Array(2); // node i has the better of 2i and 2i + 1; leaf of lane l is at #leaves + l
  #leaves = 1;

  /**
   * @param clock [0] is now
   * @param seq [0] is the sequence number of the next event
   * @param row where `pop` writes
   * @param limit most events of one lane
   */
  constructor(clock: Float64Array, seq: Float64Array, row: Int32Array, limit: number) {
    this.#clock = clock;
    this.#seq = seq;
    this.row = row;
    this.#limit = limit;
  }

  /** Events in all lanes. */
  get size(): number {
    return this.#rings.reduce((sum, ring) => sum + ring.count, 0);
  }

  /**
   * @param delay ns, an integer, at least 0
   * @param store of a timeout lane: its events are (slot, generation), and stale ones are dropped unseen; null: a plain lane
   * @returns the lane of this delay and store, a new one at the first call
   */
  open(delay: number, store: Generations | null): number {
    const byDelay = this.#byDelay.get(store) ?? new Map<number, number>();
    this.#byDelay.set(store, byDelay);
    const known = byDelay.get(delay);
    if (known !== undefined) return known;
    const lane = this.#rings.length;
    const doubles = new Float64Array(4 * 16);
    this.#rings.push({ delay, store, doubles, ints: new Int32Array(doubles.buffer), mask: 15, first: 0, count: 0 });
    byDelay.set(delay, lane);
    if (lane >= this.#leaves) this.#leaves *= 2;
    const heads = new Float64Array(2 * this.#leaves).fill(Infinity);
    heads.set(this.#heads.subarray(0, 2 * lane));
    this.#heads = heads;
    this.#winners = new Int32Array(2 * this.#leaves).map((_, i) => i - this.#leaves);
    for (let node = this.#leaves - 1; node > 0; node--) this.#winners[node] = this.#better(2 * node, 2 * node + 1);
    return lane;
  }

  /** Adds an event at now + the lane's delay. */
  push(lane: number, kind: number, a: number, b: number): void {
    const ring = this.#rings[lane];
    if (ring === undefined) throw new EngineError('unknownLane', `no lane has the number ${lane}`);
    if (ring.count > ring.mask) this.#makeRoom(lane, ring);
    const place = (ring.first + ring.count) & ring.mask;
    const seq = this.#seq;
    const { doubles, ints } = ring;
    const next = seq[0]!;
    doubles[place << 2] = this.#clock[0]! + ring.delay;
    doubles[(place << 2) | 1] = next;
    seq[0] = next + 1;
    // | 0: an argument of unknown type would otherwise be stored by way of a double
    ints[(place << 3) | 4] = kind | 0;
    ints[(place << 3) | 5] = a | 0;
    ints[(place << 3) | 6] = b | 0;
    if (ring.count++ === 0) this.#replay(lane, ring);
  }

  /** Removes the first event of all lanes and writes `row`. @returns false when it was stale: it and those like it are dropped */
  pop(): boolean {
    const lane = this.#winners[1]!;
    const ring = this.#rings[lane]!;
    const place = ring.first;
    const { ints } = ring;
    if (ring.store !== null && this.#dropStale(ring)) {
      this.#replay(lane, ring);
      return false;
    }
    const row = this.row;
    row[0] = ints[(place << 3) | 4]!;
    row[1] = ints[(place << 3) | 5]!;
    row[2] = ints[(place << 3) | 6]!;
    ring.first = (place + 1) & ring.mask;
    ring.count--;
    this.#replay(lane, ring);
    return true;
  }

  /** Drops the stale events at the head of every timeout lane. */
  purge(): void {
    this.#rings.forEach((ring, lane) => {
      if (ring.store !== null && this.#dropStale(ring)) this.#replay(lane, ring);
    });
  }

  /**
   * Drops events from the head as long as they are stale. Nearly all timeouts are by the time that their turn comes, and an event that was answered
   * stays so: one that is due takes with it all that were answered since it was sent. @returns whether there were any
   */
  #dropStale(ring: Ring): boolean {
    const { ints, mask } = ring;
    const generation = ring.store!.generation;
    let { first, count } = ring;
    while (count > 0 && generation[ints[(first << 3) | 5]!]! !== ints[(first << 3) | 6]) {
      first = (first + 1) & mask;
      count--;
    }
    const dropped = count < ring.count;
    ring.first = first;
    ring.count = count;
    return dropped;
  }

  /** Plays the matches of a lane again, after its first event has changed. */
  #replay(lane: number, ring: Ring): void {
    const heads = this.#heads;
    const winners = this.#winners;
    if (ring.count === 0) heads[lane << 1] = Infinity;
    else {
      heads[lane << 1] = ring.doubles[ring.first << 2]!;
      heads[(lane << 1) | 1] = ring.doubles[(ring.first << 2) | 1]!;
    }
    let winner = lane;
    let at = heads[lane << 1]!;
    for (let node = this.#leaves + lane; node > 1; node >>= 1) {
      const other = winners[node ^ 1]!;
      const otherAt = heads[other << 1]!;
      if (otherAt < at || (otherAt === at && heads[(other << 1) | 1]! < heads[(winner << 1) | 1]!)) {
        winner = other;
        at = otherAt;
      }
      winners[node >> 1] = winner;
    }
    this.head[0] = at;
    this.head[1] = heads[(winner << 1) | 1]!;
  }

  #better(node: number, other: number): number {
    const [x, y] = [this.#winners[node]!, this.#winners[other]!];
    const [at, otherAt] = [this.#heads[x * 2]!, this.#heads[y * 2]!];
    const first = at < otherAt || (at === otherAt && this.#heads[x * 2 + 1]! <= this.#heads[y * 2 + 1]!);
    return first ? x : y;
  }

  /** Drops what is stale; doubles the ring if more than half of it is still taken. */
  #makeRoom(lane: number, ring: Ring): void {
    if (ring.store !== null && this.#dropStale(ring)) this.#replay(lane, ring);
    if (ring.count * 2 > ring.mask) this.#grow(ring);
  }

  #grow(ring: Ring): void {
    if (ring.count >= this.#limit) throw new EngineError('full', `a lane is full: ${ring.count} events are pending`);
    const doubles = new Float64Array(ring.doubles.length * 2);
    const split = ring.first * 4; // unrolls the ring: the first event goes to place 0
    doubles.set(ring.doubles.subarray(split));
    doubles.set(ring.doubles.subarray(0, split), ring.doubles.length - split);
    ring.doubles = doubles;
    ring.ints = new Int32Array(doubles.buffer);
    ring.mask = doubles.length / 4 - 1;
    ring.first = 0;
  }
}
