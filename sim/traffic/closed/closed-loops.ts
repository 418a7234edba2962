import type { Engine } from '../../engine/engine.ts';
import { keyOf, mix } from '../../engine/hash.ts';
import type { Kinds } from '../../engine/kinds.ts';
import { grown } from '../../engine/slots.ts';
import type { ClosedProcess } from '../../input/scenario.ts';
import { OF_MEMBER } from '../call-store.ts';
import type { AnsweredMembers } from '../calls.ts';
import type { Edge } from '../edge.ts';
import type { Senders } from '../senders.ts';
import { Batch } from './batch.ts';
import { Population } from './population.ts';

const kinds = {
  'loop.member': { a: 'member', b: '-', run: (loops, member) => loops.next(member) },
  'loop.timer': { a: 'loop', b: '-', run: (loops, loop) => loops.timer(loop) },
} satisfies Kinds<ClosedLoops>;

/** What decides when the members of a closed loop make their next request. */
export interface Loop {
  /** The time that the member asked for has come. */
  next(member: number): void;
  answered(member: number, ok: boolean): void;
  /** The time that the loop asked for has come. */
  timer(): void;
}

/** What a loop can do. */
export interface LoopHost {
  /** ns. */
  readonly now: number;
  addMember(): number;
  /** 32 bits that belong to the member and its next request, or its last one. */
  key(member: number): number;
  /** Makes the member's next request. @returns false when no Pod lives that could send it */
  send(member: number): boolean;
  /** `Loop.next` at a time, ns. */
  callMember(member: number, at: number): void;
  /** `Loop.timer` at a time, ns. */
  callLoop(at: number): void;
}

/** Purpose of a draw: which Pod sends what a member asks. */
const SENDER = 0x61;

/**
 * Closed loops: members that make a request, wait for the answer, and only then the next. What a member draws hangs on it
 * and the number of its request, so that variants meet the same members.
 */
export class ClosedLoops implements AnsweredMembers {
  readonly #engine: Engine;
  readonly #senders: Senders;
  readonly #seed: number;
  readonly #end: number;
  readonly #loops: Loop[] = [];
  readonly #edges: Edge[] = [];
  readonly #kind;
  /** By member: its loop, its 32 bits, and how many requests it has made. */
  #loopOf = new Int32Array(64);
  #keys = new Int32Array(64);
  #made = new Int32Array(64);
  #members = 0;

  /** @param end of the run, ns: nothing is asked from then on */
  constructor(engine: Engine, senders: Senders, seed: number, end: number) {
    this.#engine = engine;
    this.#senders = senders;
    this.#seed = seed;
    this.#end = end;
    this.#kind = engine.define<ClosedLoops, typeof kinds>(this, kinds);
  }

  /** Starts a loop at the present time. @param name of the traffic */
  add(name: string, process: ClosedProcess, edge: Edge): void {
    const host = this.#hostOf(this.#edges.push(edge) - 1, mix(keyOf(`requests/${name}`), this.#seed));
    this.#loops.push(process.kind === 'batch' ? new Batch(host, process) : new Population(host, process));
  }

  next(member: number): void {
    this.#loops[this.#loopOf[member]!]!.next(member);
  }

  timer(loop: number): void {
    this.#loops[loop]!.timer();
  }

  answered(member: number, ok: boolean): void {
    this.#loops[this.#loopOf[member]!]!.answered(member, ok);
  }

  #hostOf(loop: number, key: number): LoopHost {
    const { clock, due } = this.#engine;
    const schedule = (kind: number, at: number, a: number) => {
      if (at >= this.#end) return;
      due[0] = at;
      this.#engine.schedule(kind, a, 0);
    };
    return {
      get now() {
        return clock[0]!;
      },
      addMember: () => this.#addMember(loop, key),
      key: (member) => mix(this.#keys[member]!, this.#made[member]!),
      send: (member) => this.#send(loop, member),
      callMember: (member, at) => schedule(this.#kind['loop.member'], at, member),
      callLoop: (at) => schedule(this.#kind['loop.timer'], at, loop),
    };
  }

  #addMember(loop: number, key: number): number {
    const member = this.#members++;
    if (member === this.#made.length) {
      this.#loopOf = grown(this.#loopOf, 2 * member);
      this.#keys = grown(this.#keys, 2 * member);
      this.#made = grown(this.#made, 2 * member);
    }
    this.#loopOf[member] = loop;
    this.#keys[member] = mix(key, member);
    return member;
  }

  #send(loop: number, member: number): boolean {
    const number = this.#made[member]!++;
    const key = this.#keys[member]!;
    if (this.#senders.send(this.#edges[loop]!, mix(key, SENDER), mix(key, number), OF_MEMBER, member)) return true;
    this.#made[member]!--;
    return false;
  }
}
