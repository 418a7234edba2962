import { InputError } from './input-error.ts';
import { nearest } from './nearest.ts';
import type { Message } from './scenario.ts';
import { type Path, type Place, printPath } from './tree.ts';

export interface Advice {
  expected?: string | undefined;
  fix?: string | undefined;
}

/** Collects what is wrong with the input, so that all faults are told at once. */
export class Faults {
  readonly errors: Message[] = [];
  readonly warnings: Message[] = [];
  /** Grows with every error, also with one that was told before: a measure of whether a check went well. */
  count = 0;
  readonly #told = new Set<string>();

  error(place: Place, path: Path, text: string, advice: Advice = {}): void {
    this.count++;
    this.#add(this.errors, place, path, text, advice);
  }

  warning(place: Place, path: Path, text: string, advice: Advice = {}): void {
    this.#add(this.warnings, place, path, text, advice);
  }

  /** @throws InputError if there was an error, with all of them in the order of their places. */
  throwIfAny(): void {
    if (this.errors.length > 0) throw new InputError(inOrder(this.errors));
  }

  #add(messages: Message[], place: Place, path: Path, text: string, { expected, fix }: Advice): void {
    const message: Message = { ...place, path: printPath(path), text };
    const key = JSON.stringify(message);
    if (this.#told.has(key)) return; // variants share most of their file
    this.#told.add(key);
    if (expected !== undefined) message.expected = expected;
    if (fix !== undefined) message.fix = fix;
    messages.push(message);
  }
}

/** By file in the order of first mention, then line and column. */
export function inOrder(messages: Message[]): Message[] {
  const files = [...new Set(messages.map(({ file }) => file))];
  const rank = new Map(files.map((file, i) => [file, i]));
  return messages.toSorted((a, b) => rank.get(a.file)! - rank.get(b.file)! || a.line - b.line || a.column - b.column);
}

/** What to say of a name that is not among the known: which there are, and which was probably meant. */
export function knownNames(name: string, known: Iterable<string>, what: string): Advice {
  const names = [...new Set(known)].filter((each) => each !== '');
  const near = nearest(name, names);
  const listed = names.length > 12 ? `${names.slice(0, 12).join(', ')} … (${names.length})` : names.join(', ');
  return {
    expected: names.length === 0 ? `${what}, but there is none` : `${what}: ${listed}`,
    fix: near === undefined ? undefined : `did you mean "${near}"?`,
  };
}
