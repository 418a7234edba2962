import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod } from '../data/world.ts';
import { type LaneGroup, laneLayout } from './rows.ts';

const groups = fc.array(fc.nat(30), { maxLength: 20 }).map((counts) =>
  counts.map((count, g): LaneGroup => {
    const pod = (i: number): Pod => ({
      id: g * 100 + i,
      name: `p${i}`,
      workload: 'w',
      createdAt: 0,
      goneAt: Number.POSITIVE_INFINITY,
      node: g,
      ghosts: [],
    });
    return { label: `n${g}`, node: g, pods: Array.from({ length: count }, (_, i) => pod(i)) };
  }),
);

test('every Pod has one lane, in its group, below the one before and within the height', () => {
  fc.assert(
    fc.property(groups, fc.integer({ min: 50, max: 600 }), (drawn, wanted) => {
      const layout = laneLayout(drawn, wanted);
      expect(layout.lanes.map(({ pod }) => pod)).toEqual(drawn.flatMap(({ pods }) => pods));
      let below = 0;
      for (const { top, height, pod } of layout.lanes) {
        expect(top).toBeGreaterThanOrEqual(below);
        expect(height).toBeGreaterThanOrEqual(3);
        below = top + height;
        const group = layout.groups[pod.node]!;
        expect(top >= group.top && below <= group.bottom).toBe(true);
      }
      expect(layout.height).toBeGreaterThanOrEqual(below);
    }),
  );
});
