import type { Scenario } from '../input/scenario.ts';
import type { Executor } from './executor.ts';
import type { Observation } from './observation.ts';
import type { RunRecord } from './record.ts';

/** Where finished runs are kept. */
export interface Journal {
  /** Of a run that was finished before. */
  has(key: string): boolean;
  /** @returns null if it is not there, or is damaged */
  read(key: string): RunRecord | null;
  /** When it returns the runs are on disk. */
  append(records: readonly RunRecord[]): void;
}

export interface ConductorOptions {
  readonly executor: Executor;
  readonly journal: Journal;
  readonly version: string;
  hash(text: string): string;
  /** ms, of a monotonous clock: for the size of chunks and nothing else. */
  now(): number;
  stopped(): boolean;
}

/** A scenario whose replications are asked for. */
export interface Point {
  readonly scenario: Scenario;
  readonly observation: Observation;
  /** Of all that its runs come from but the seed. */
  readonly key: string;
}

/** A study was interrupted; what was finished is in the journal. */
export class Interrupted extends Error {}

interface Waiting {
  readonly point: Point;
  readonly seed: number;
  readonly key: string;
  done(record: RunRecord): void;
  fail(error: unknown): void;
}

/** A job should last so long, ms: the cost of handing it over vanishes, and no thread waits long for the last one. */
const CHUNK = 400;
/** At most so many runs a job, so that few are lost to a `kill -9`. */
const LARGEST = 64;

/**
 * Gets the runs that points ask for: from the journal where they are there, else from the executor, in chunks. Who asks says
 * what to keep of each record; the record itself is in the journal and forgotten, so memory does not grow with the runs.
 */
export class Conductor {
  readonly #options: ConductorOptions;
  readonly #queue: Waiting[] = [];
  #next = 0;
  #working = 0;
  #meanTime = 0;
  /** Runs asked for, done now, and found in the journal. */
  asked = 0;
  computed = 0;
  found = 0;

  constructor(options: ConductorOptions) {
    this.#options = options;
  }

  point(scenario: Scenario, observation: Observation): Point {
    const { version, hash } = this.#options;
    const { name: _, description: __, variant: ___, thresholds: ____, seed: _____, trace: ______, ...model } = scenario;
    // JSON has no Infinity, and null means something else.
    const text = JSON.stringify({ model, observation, version }, (_, value) =>
      value === Infinity ? 'Infinity' : value,
    );
    return { scenario, observation, key: hash(text) };
  }

  keyOf({ key }: Point, seed: number): string {
    return `${key}-${seed}`;
  }

  /** Is every one of them finished already? */
  hasAll(point: Point, seeds: readonly number[]): boolean {
    return seeds.every((seed) => this.#options.journal.has(this.keyOf(point, seed)));
  }

  /** @param keep what is wanted of each record @returns that, in the order of the seeds @throws Interrupted */
  async runs<T>(point: Point, seeds: readonly number[], keep: (record: RunRecord) => T): Promise<T[]> {
    const { journal } = this.#options;
    const all = seeds.map((seed) => {
      this.asked++;
      const key = this.keyOf(point, seed);
      const record = journal.has(key) ? journal.read(key) : null;
      if (record !== null) {
        this.found++;
        return keep(record);
      }
      return new Promise<T>((done, fail) => {
        this.#queue.push({ point, seed, key, done: (each) => done(keep(each)), fail });
      });
    });
    this.#pump();
    return Promise.all(all);
  }

  #pump(): void {
    const { executor, stopped } = this.#options;
    if (stopped()) {
      for (const waiting of this.#queue.splice(this.#next)) waiting.fail(new Interrupted());
      return;
    }
    // One job waits behind each that runs, so that no thread is ever idle.
    while (this.#working < 2 * executor.width && this.#next < this.#queue.length) this.#start(this.#chunk());
  }

  #chunk(): Waiting[] {
    const left = this.#queue.length - this.#next;
    const { width } = this.#options.executor;
    const byTime = this.#meanTime === 0 ? 1 : Math.floor(CHUNK / this.#meanTime);
    // Towards the end chunks become small, so that all threads end together.
    const size = Math.max(1, Math.min(byTime, LARGEST, Math.ceil(left / (3 * width))));
    const { point } = this.#queue[this.#next]!;
    const chunk: Waiting[] = [];
    while (chunk.length < size && this.#queue[this.#next]?.point === point) chunk.push(this.#queue[this.#next++]!);
    if (this.#next > 1024) {
      this.#queue.splice(0, this.#next);
      this.#next = 0;
    }
    return chunk;
  }

  async #start(chunk: Waiting[]): Promise<void> {
    const { executor, journal, now } = this.#options;
    const { scenario, observation } = chunk[0]!.point;
    this.#working++;
    const began = now();
    try {
      const runs = chunk.map(({ key, seed }) => ({ key, seed }));
      const records = await executor.run({ scenario, observation, runs });
      const time = (now() - began) / Math.max(1, records.length);
      // A job waits for its thread about as long as it runs: the estimate is high, which makes chunks small.
      this.#meanTime = this.#meanTime === 0 ? time : 0.8 * this.#meanTime + 0.2 * time;
      journal.append(records);
      this.computed += records.length;
      for (const [i, record] of records.entries()) chunk[i]!.done(record);
      for (const waiting of chunk.slice(records.length)) waiting.fail(new Interrupted());
    } catch (error) {
      for (const waiting of chunk) waiting.fail(error);
    } finally {
      this.#working--;
      this.#pump();
    }
  }
}
