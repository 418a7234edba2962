import { sampleVariance, studentTail } from '../../stats/student-t.ts';

/** The difference of two strategies on one workload, replication by replication: those of one seed meet the same requests. */
export interface PairedDifference {
  /** Of the strategy less the other: of the logarithms, where all values are above 0, so that a factor is looked for; else as they are. */
  readonly mean: number;
  /** Two-sided, of "there is no difference"; before any correction. */
  readonly p: number;
  readonly count: number;
}

/** @param values of the strategy, of the other: those of the same seeds in the same places */
export function pairedDifference(values: readonly number[], others: readonly number[]): PairedDifference {
  const count = Math.min(values.length, others.length);
  const isRatio = [values, others].every((all) => all.slice(0, count).every((value) => value > 0));
  const scale = isRatio ? Math.log : (value: number) => value;
  const pairs = Array.from({ length: count }, (_, i) => scale(values[i]!) - scale(others[i]!)).filter(Number.isFinite);
  const mean = pairs.reduce((sum, x) => sum + x, 0) / pairs.length;
  if (pairs.length < 2) return { mean, p: 1, count: pairs.length };
  const variance = sampleVariance(pairs, mean);
  if (variance === 0) return { mean, p: mean === 0 ? 1 : 0, count: pairs.length };
  const t = Math.abs(mean) / Math.sqrt(variance / pairs.length);
  return { mean, p: Math.min(1, 2 * studentTail(t, pairs.length - 1)), count: pairs.length };
}

/**
 * Which of many hypotheses are rejected, so that the chance of a single false one among them is at most `level`.
 * @source S. Holm, A simple sequentially rejective multiple test procedure, 1979
 */
export function holm(ps: readonly number[], level: number): boolean[] {
  const order = ps.map((_, i) => i).toSorted((a, b) => ps[a]! - ps[b]!);
  const rejected = new Array<boolean>(ps.length).fill(false);
  for (const [rank, i] of order.entries()) {
    if (ps[i]! > level / (ps.length - rank)) break;
    rejected[i] = true;
  }
  return rejected;
}

/** Where a strategy stands among those of a workload. */
export interface Standing {
  /** At least so many are shown to be better, so this is the best rank that it can have; and the worst. */
  readonly best: number;
  readonly worst: number;
  /** Who is shown to be worse than it. */
  readonly beats: readonly number[];
}

/**
 * Compares all with all. Less is better; "beats" is said only where it is so after Holm's correction over all pairs.
 * @param values by strategy: its figure in each replication, those of the same seeds in the same places; empty: it takes no part
 */
export function standings(values: readonly (readonly number[])[], level = 0.05): Standing[] {
  const pairs: { one: number; other: number; difference: PairedDifference }[] = [];
  values.forEach((own, one) => {
    for (let other = one + 1; other < values.length; other++) {
      if (own.length === 0 || values[other]!.length === 0) continue;
      pairs.push({ one, other, difference: pairedDifference(own, values[other]!) });
    }
  });
  const rejected = holm(
    pairs.map(({ difference }) => difference.p),
    level,
  );
  const beats = values.map((): number[] => []);
  const beatenBy = new Array<number>(values.length).fill(0);
  pairs.forEach(({ one, other, difference }, i) => {
    if (!rejected[i]) return;
    const [better, worse] = difference.mean < 0 ? [one, other] : [other, one];
    beats[better]!.push(worse);
    beatenBy[worse]!++;
  });
  const taking = values.filter((own) => own.length > 0).length;
  return values.map((_, i) => ({ best: 1 + beatenBy[i]!, worst: taking - beats[i]!.length, beats: beats[i]! }));
}
