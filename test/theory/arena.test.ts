import { expect, test } from 'vitest';
import { arenaModels } from './arena-models.ts';
import { judge } from './judge.ts';

/**
 * As `theory.test.ts`, with the strategies of tournaments in their arena: 12 replications, each figure at 99.99 %: of 10,000 figures of
 * a right arena one would fail, with the 15 here one set of seeds in 660. The seeds are fixed.
 */
test.each(arenaModels)('$name', (model) => {
  for (const verdict of judge(model, 12, 75_000, 0.9999)) {
    const { mean, halfWidth } = verdict.simulated;
    const text = `${verdict.metric}: ${mean} ± ${halfWidth}, theory ${verdict.theory}`;
    expect(halfWidth / mean, `${text}: the interval is too wide to tell`).toBeLessThan(0.25);
    expect(verdict, text).toMatchObject({ ok: true });
  }
});
