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
  readonly #errors: Message[] = [];
  readonly #warnings: Message[] = [];
  readonly #files: string[] = [];
  /** Of errors, with those that were told before: if it grew, a check did not go well. */
  count = 0;
  readonly #told = new Set<string>();

  error(place: Place, path: Path, text: string, advice: Advice = {}): void {
    this.count++;
    this.#add(this.#errors, place, path, text, advice);
  }

  warning(place: Place, path: Path, text: string, advice: Advice = {}): void {
    this.#add(this.#warnings, place, path, text, advice);
  }

  /** Messages are ordered by the files as they were opened. */
  opened(file: string): void {
    if (!this.#files.includes(file)) this.#files.push(file);
  }

  /** In the order of files, lines and columns. */
  get errors(): Message[] {
    return this.#inOrder(this.#errors);
  }

  get warnings(): Message[] {
    return this.#inOrder(this.#warnings);
  }

  /** @throws InputError if there was an error, with all of them. */
  throwIfAny(): void {
    if (this.#errors.length > 0) throw new InputError(this.errors);
  }

  #inOrder(messages: Message[]): Message[] {
    const rank = ({ file }: Message) => this.#files.indexOf(file);
    return messages.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
  }

  /** Takes over what another check of much the same input found, where it is new: marked with what was checked. */
  adopt(other: Faults, mark: string): void {
    this.count += other.count;
    for (const [from, to] of [
      [other.#errors, this.#errors],
      [other.#warnings, this.#warnings],
    ] as const) {
      for (const message of from)
        if (!this.#told.has(key(message))) to.push({ ...message, text: `${message.text} (${mark})` });
    }
  }

  #add(messages: Message[], place: Place, path: Path, text: string, { expected, fix }: Advice): void {
    const message: Message = { ...place, path: printPath(path), text };
    if (this.#told.has(key(message))) return;
    this.#told.add(key(message));
    if (expected !== undefined) message.expected = expected;
    if (fix !== undefined) message.fix = fix;
    messages.push(message);
  }
}

/** Two messages are the same if they say the same of the same place. */
function key({ file, line, column, path, text }: Message): string {
  return [file, line, column, path, text].join('\0');
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
