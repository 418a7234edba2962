import FastPriorityQueue from 'fastpriorityqueue';
import type { EventQueue } from './queue.ts';

interface Row {
  readonly at: number;
  readonly seq: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** The obviously right queue: a binary heap of objects. It judges the fast one, and is the baseline of its benchmark. */
export class ReferenceQueue implements EventQueue {
  readonly key = new Float64Array(2);
  readonly head = new Float64Array([Infinity, 0]);
  readonly row = new Int32Array(3);
  readonly headKnown = false;
  #heap = new FastPriorityQueue<Row>((x, y) => x.at < y.at || (x.at === y.at && x.seq < y.seq));

  get size(): number {
    return this.#heap.size;
  }

  push(kind: number, a: number, b: number): void {
    this.#heap.add({ at: this.key[0]!, seq: this.key[1]!, kind, a, b });
  }

  peek(): void {
    const first = this.#heap.peek();
    this.head[0] = first?.at ?? Infinity;
    this.head[1] = first?.seq ?? 0;
  }

  pop(): void {
    const first = this.#heap.poll()!;
    this.row[0] = first.kind;
    this.row[1] = first.a;
    this.row[2] = first.b;
  }
}
