import type { OverallRow, StrategyResult, TournamentResult } from '../result.ts';

/** What the parts of the page are made from. */
export interface Material {
  readonly result: TournamentResult;
  readonly strategies: ReadonlyMap<string, StrategyResult>;
  /** Strategies that have a style of their own in every picture, and its number: `.l0` is a line, `.f0` an area. */
  readonly focus: ReadonlyMap<string, number>;
}

/** How many lines a picture can carry in colours of their own. */
const FOCUS = 6;

export function materialOf(result: TournamentResult): Material {
  return {
    result,
    strategies: new Map(result.strategies.map((strategy) => [strategy.name, strategy])),
    focus: new Map(focusOf(result).map((name, i) => [name, i])),
  };
}

/** The user's own; uniform random, which all know; the front by knowledge, the best first; then the best of the rest. */
function focusOf({ strategies, overall }: TournamentResult): string[] {
  const isOwn = new Set(strategies.filter((strategy) => strategy.isOwn).map(({ name }) => name));
  const names = (rows: readonly OverallRow[]) => rows.map(({ strategy }) => strategy);
  const own = overall.filter(({ strategy }) => isOwn.has(strategy)).slice(0, 3);
  const random = overall.filter(({ strategy }) => strategy === 'random');
  const front = overall.filter(({ onKnowledgeFront }) => onKnowledgeFront);
  return [...new Set(names([...own, ...random, ...front, ...overall]))].slice(0, FOCUS);
}
