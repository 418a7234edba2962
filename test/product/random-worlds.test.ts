import { expect, test } from 'vitest';
import { checkWorld } from '../random/check-world.ts';
import { SECONDS } from '../random/random-world.ts';

/** SVCLAB_WORLDS sets how many random worlds, SVCLAB_SEED where they begin; `npm run random` runs many. */
const count = Number(process.env.SVCLAB_WORLDS ?? 60);
const first = Number(process.env.SVCLAB_SEED ?? 1);

test.each(Array.from({ length: count }, (_, i) => first + i))(`${SECONDS} s of world %i`, (seed) => {
  expect(checkWorld(seed).events).toBeGreaterThan(0);
});
