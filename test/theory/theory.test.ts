import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import { models } from './models.ts';

/**
 * Simulated against theory, 20 replications of 60,000 requests each. Each figure is tested at 99.99 %: of 10,000 figures of a right
 * simulator, one would fail; with the 40 or so here, one set of seeds in 250. The seeds are fixed. The interval must be
 * narrow too, or the test would say nothing.
 */
test.each(models)('$name', (model) => {
  for (const verdict of judge(model, 20, 60_000, 0.9999)) {
    const { mean, halfWidth } = verdict.simulated;
    expect(halfWidth / mean, `${verdict.metric}: the interval is too wide to tell`).toBeLessThan(0.2);
    expect(verdict, `${verdict.metric}: ${mean} ± ${halfWidth}, theory ${verdict.theory}`).toMatchObject({ ok: true });
  }
});
