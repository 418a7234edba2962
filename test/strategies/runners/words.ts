/** Cases of one kind do not always say the same thing in the same words. */

/** A word of ours, and those that a case may use for it. */
export type Words = Readonly<Record<string, RegExp>>;

/** Renames the fields of a case, at any depth, to ours; others stay as they are. */
export function inOurWords(value: unknown, words: Words): unknown {
  if (Array.isArray(value)) return value.map((inner) => inOurWords(inner, words));
  if (typeof value !== 'object' || value === null) return value;
  const ours = (key: string) => Object.keys(words).find((word) => words[word]!.test(key)) ?? key;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [ours(key), inOurWords(inner, words)]));
}

/** Figures that a case may write as a list, in the order of the backends, or by name. */
export function byPlaceAndName(names: readonly string[], figures: readonly number[]): readonly number[] {
  return Object.assign([...figures], Object.fromEntries(names.map((name, i) => [`${name}`, figures[i]])));
}
