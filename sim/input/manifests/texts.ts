/** Shorter ones are copies anyway. */
const SHORT = 13;
const MOST_KNOWN = 200_000;

/**
 * Texts cut out of a file keep the part of the file alive that they were cut from. This gives objects texts of their own,
 * one for all that are equal.
 */
export class Texts {
  readonly #known = new Map<string, string>();
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  /** @returns the same value, its texts replaced in place */
  shared<T>(value: T): T {
    if (typeof value === 'string') return this.#own(value) as T;
    if (typeof value !== 'object' || value === null) return value;
    const object = value as Record<string, unknown>;
    for (const key in object) {
      const item = object[key];
      if (typeof item === 'string') object[key] = this.#own(item);
      else if (typeof item === 'object') this.shared(item);
    }
    return value;
  }

  #own(text: string): string {
    if (text.length < SHORT) return text;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = this.#decoder.decode(this.#encoder.encode(text));
    if (this.#known.size < MOST_KNOWN) this.#known.set(own, own);
    return own;
  }
}
