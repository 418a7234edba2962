import type { Strategy, StrategyKind, View } from '../strategy.ts';

/**
 * JIQ: servers that become idle tell a dispatcher, which sends them one request each, the one that waits longest first; without an
 * idle one it draws any.
 * @source Y. Lu et al., Join-Idle-Queue, Performance Evaluation 2011
 * @simplifies a server tells a dispatcher drawn at random (JIQ-Random); each instance begins as if all were idle if it is the only one
 */
export const idleQueue: StrategyKind = {
  name: 'jiq',
  title: 'a server that has told that it is idle; else any',
  knows: 'idleServers',
  runs: 'proxy',
  source: 'Y. Lu et al. 2011',
  create: (view) => new IdleQueue(view),
};

class IdleQueue implements Strategy {
  readonly #view: View;
  /** A ring of idle slots, and by slot: 1 when it is in there. */
  readonly #ring: Int32Array;
  readonly #isIdle: Uint8Array;
  readonly #isMember: Uint8Array;
  #first = 0;
  #size = 0;

  constructor(view: View) {
    this.#view = view;
    this.#ring = new Int32Array(view.capacity + 1);
    this.#isIdle = new Uint8Array(view.capacity);
    this.#isMember = new Uint8Array(view.capacity);
  }

  changed(): void {
    const { count, members, instance, instances } = this.#view;
    const before = this.#isMember.slice();
    this.#isMember.fill(0);
    for (let i = 0; i < count; i++) {
      const slot = members[i]!;
      this.#isMember[slot] = 1;
      // A new one is idle, and tells one of the dispatchers.
      if (before[slot] === 0 && slot % instances === instance) this.idle(slot);
    }
  }

  pick(): number {
    while (this.#size > 0) {
      const slot = this.#ring[this.#first]!;
      this.#first = (this.#first + 1) % this.#ring.length;
      this.#size--;
      this.#isIdle[slot] = 0;
      if (this.#isMember[slot] === 1) return slot;
    }
    const { count, members, random } = this.#view;
    return count === 0 ? -1 : members[random.below(count)]!;
  }

  idle(slot: number): void {
    if (this.#isIdle[slot] === 1) return;
    this.#isIdle[slot] = 1;
    this.#ring[(this.#first + this.#size) % this.#ring.length] = slot;
    this.#size++;
  }
}
