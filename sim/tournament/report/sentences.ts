import { count, plural } from '../../explain/figures.ts';
import type { TournamentResult, WorkloadResult } from '../result.ts';
import { MEASURES } from './measures.ts';

/** One sentence for a workload: the best, and those not shown to be worse. */
export function workloadAnswer({ name, rows }: WorkloadResult, rankedBy: TournamentResult['rankedBy']): string {
  const [best] = rows;
  if (best === undefined) return `No strategy played ${name} to the end.`;
  const lead = `${best.strategy} has the lowest ${MEASURES[rankedBy].heading}`;
  const beaten = new Set(best.beats);
  const equals = rows.filter((row) => row !== best && !beaten.has(row.strategy)).map(({ strategy }) => strategy);
  if (rows.length === 1) return `${lead}: it is the only one.`;
  if (equals.length === 0) return `${lead}; all ${count(rows.length - 1)} others are shown to be worse.`;
  const rest = beaten.size === 0 ? '' : `, ${count(beaten.size)} ${beaten.size === 1 ? 'is' : 'are'} shown to be worse`;
  const listed =
    equals.length > 3
      ? `${equals.slice(0, 3).join(', ')} and ${plural(equals.length - 3, 'other')}`
      : enumerated(equals);
  return `${lead}; no difference was found to ${listed}${rest}.`;
}

/** `1.12 ×`. */
export function times(ratio: number): string {
  return Number.isNaN(ratio) ? '–' : `${bareTimes(ratio)} ×`;
}

/** `1.12`, `12`. */
export function bareTimes(ratio: number): string {
  return Number.isNaN(ratio) ? '–' : ratio.toFixed(ratio < 9.995 ? 2 : ratio < 99.95 ? 1 : 0);
}

function enumerated(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
