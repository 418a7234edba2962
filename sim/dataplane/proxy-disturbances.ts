/** What keeps kube-proxies from hearing or programming, as spans of time: [from, to), ns. One for all who ask what a node has programmed. */
export class ProxyDisturbances {
  readonly #stuck = new Map<number, [number, number][]>();
  readonly #lags: { from: number; to: number; added: number }[] = [];

  /** The node's proxy begins no sync within the span. @param node slot */
  stick(node: number, from: number, to: number): void {
    const spans = this.#stuck.get(node) ?? [];
    this.#stuck.set(node, [...spans, [from, to]]);
  }

  /** What is published within the span is heard later by `added` ns. */
  lag(from: number, to: number, added: number): void {
    this.#lags.push({ from, to, added });
  }

  get isEmpty(): boolean {
    return this.#stuck.size === 0 && this.#lags.length === 0;
  }

  /** The first moment from `time` on at which the node's proxy may begin a sync. */
  startFrom(node: number, time: number): number {
    const spans = this.#stuck.get(node);
    if (spans === undefined) return time;
    let start = time;
    for (let moved = true; moved; ) {
      moved = false;
      for (const [from, to] of spans) {
        if (start < from || start >= to) continue;
        start = to;
        moved = true;
      }
    }
    return start;
  }

  /** By how much an entry that was published then is late, ns. */
  lagOf(published: number): number {
    let sum = 0;
    for (const { from, to, added } of this.#lags) if (published >= from && published < to) sum += added;
    return sum;
  }
}
