/** What Little's law compares: all over the same span of time, in which the system began and ended empty or nearly so. */
export interface LittleInput {
  /** Average number present, over time. */
  readonly meanInSystem: number;
  /** Average time that each was present, ns. */
  readonly meanSojourn: number;
  /** How many came. */
  readonly arrivals: number;
  /** ns. */
  readonly span: number;
}

/**
 * Little's law, L = λ W: the relative difference of its sides. It holds exactly when everyone who came has also left, whatever
 * the system; whoever is present at either end makes a difference of at most its share of all.
 * @returns |L - λW| / λW; 0 when nobody came and nobody was there
 */
export function littleError({ meanInSystem, meanSojourn, arrivals, span }: LittleInput): number {
  const expected = (arrivals / span) * (arrivals > 0 ? meanSojourn : 0);
  if (expected === 0) return meanInSystem === 0 ? 0 : Infinity;
  return Math.abs(meanInSystem - expected) / expected;
}
