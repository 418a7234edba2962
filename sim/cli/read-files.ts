import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Remembers files as they were when they were read, and waits until one is another. They are polled, which sees editors
 * that replace a file, network file systems and containers alike, and no change is lost between reading and waiting.
 */
export class ReadFiles {
  readonly #states = new Map<string, string>();

  /** Just before a file is read; of a folder, before it is listed. */
  note(path: string): void {
    this.#states.set(path, stateOf(path));
  }

  async changed(): Promise<void> {
    while ([...this.#states].every(([path, state]) => stateOf(path) === state)) await sleep(300);
    this.#states.clear();
  }
}

/** Empty while there is no such file. */
function stateOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}
