import { defineConfig } from 'vitest/config';

const setupFiles = ['test/seed.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'structure', include: ['test/structure/**/*.test.ts'] } },
      { test: { name: 'unit', include: ['sim/**/*.test.ts', 'viz/**/*.test.ts'], testTimeout: 30_000, setupFiles } },
      { test: { name: 'theory', include: ['test/theory/**/*.test.ts'], testTimeout: 120_000 } },
      {
        test: {
          name: 'product',
          include: ['test/product/**/*.test.ts', 'test/strategies/**/*.test.ts', 'test/tournament/**/*.test.ts'],
          testTimeout: 180_000,
          setupFiles,
        },
      },
      {
        // A kernel and a browser have clocks of their own: on a busy machine one may be late once.
        test: {
          name: 'kernel',
          include: ['test/kernel/**/*.test.ts'],
          testTimeout: 240_000,
          fileParallelism: false,
          retry: 1,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          fileParallelism: false,
          retry: 1,
        },
      },
    ],
  },
});
