import type { StrategyResult } from '../result.ts';

/** Members that make a family. */
const LEAST = 3;
/** What those belong to that share their first word with too few. */
const OTHERS = 'papers and others';

/** By strategy its family: the first word of the name, such as `envoy`, where at least three have it; the user's own are one. */
export function familyOf(strategies: readonly StrategyResult[]): Map<string, string> {
  const count = new Map<string, number>();
  for (const { name } of strategies) count.set(firstWord(name), (count.get(firstWord(name)) ?? 0) + 1);
  return new Map(
    strategies.map(({ name, isOwn }) => {
      const word = firstWord(name);
      return [name, isOwn ? 'your own' : count.get(word)! >= LEAST ? word : OTHERS];
    }),
  );
}

/** Of `envoy-least-request:choices=3`: envoy. */
function firstWord(name: string): string {
  return /^[^-:]*/.exec(name)![0];
}
