/** What of a strategy is called, as numbers in shared memory. 0: nothing. */
export const CALLS = { create: 1, changed: 2, pick: 3, started: 4, ended: 5, probed: 6, idle: 7, tick: 8 } as const;

const NAMES = ['', ...Object.keys(CALLS)];

const LONGEST = 400;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/g;

/** A module is not what it says. Its message goes on from the name of the call. */
export class BrokenContract extends Error {}

/** A strategy broke its contract. Its message is a sentence for its author. */
export class StrategyFault extends Error {}

/**
 * Knows which call of a strategy is under way, in memory that another thread may look at: whoever does not come back cannot
 * say so himself.
 */
export class Watch {
  readonly #name: string;
  readonly #workload: string;
  /** [0]: the call, of `CALLS`; [1]: requests that had arrived, from 1 on. */
  readonly #at: Int32Array;

  constructor(name: string, workload: string, at: Int32Array = new Int32Array(2)) {
    this.#name = name;
    this.#workload = workload;
    this.#at = at;
  }

  call(call: number, request: number): void {
    this.#at[0] = call;
    this.#at[1] = request;
  }

  back(): void {
    this.#at[0] = 0;
  }

  get isInside(): boolean {
    return this.#at[0] !== 0;
  }

  outOfRange(slot: unknown, count: number): StrategyFault {
    const shown = typeof slot === 'string' ? JSON.stringify(slot) : String(slot);
    return this.#fault(`returned ${shown}, which is no slot of the ${count} members (-1: none is available)`);
  }

  thrown(error: unknown): StrategyFault {
    if (error instanceof BrokenContract) return this.#fault(error.message);
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return this.#fault(`threw ${text}${placeOf(error)}`);
  }

  tooManyProbes(most: number): StrategyFault {
    return this.#fault(`has more than ${most} probes under way`);
  }

  /** @param seconds that it was waited for */
  neverReturned(seconds: number): StrategyFault {
    return this.#fault(`did not return within ${seconds} s`);
  }

  /** What only the arena may write is not as it should be. */
  wroteToView(): StrategyFault {
    this.#at[0] = 0;
    return this.#fault('wrote to what a strategy may only read');
  }

  /** Its thread is gone, and with it whatever it did. */
  endedThread(why: string): StrategyFault {
    return this.#fault(`ended its thread: ${why}`);
  }

  #fault(what: string): StrategyFault {
    const [call, request] = this.#at;
    const when = request! > 0 ? ` at request ${request}` : '';
    this.#at[0] = 0;
    const where = call === 0 ? '' : `${NAMES[call!]}() `;
    // What a module says may be long, and may hold what a terminal obeys.
    const said = what.replace(CONTROLS, ' ').slice(0, LONGEST);
    return new StrategyFault(`${this.#name}: ${where}${said}${when}, workload ${this.#workload}`);
  }
}

/** Where in its own file an error was thrown: ` (mine.js:12:5)`. */
function placeOf(error: unknown): string {
  const [, file, line, column] = /file:\/\/(\S+?):(\d+):(\d+)/.exec((error as Error)?.stack ?? '') ?? [];
  return file === undefined ? '' : ` (${file.slice(file.lastIndexOf('/') + 1)}:${line}:${column})`;
}
