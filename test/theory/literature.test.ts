import { expect, test } from 'vitest';
import { literature } from './literature.ts';

/** Direction and rough size: the accepted ranges are wide against what chance does, and seeds are fixed. */
test.each(literature)('$name', ({ findings, measure }) => {
  const values = measure(1);
  findings.forEach(({ figure, published, accepted: [low, high], text }, i) => {
    const value = values[i]!;
    expect(value >= low && value <= high, `${figure}: ${text(value)}, published ${published}`).toBe(true);
  });
});
