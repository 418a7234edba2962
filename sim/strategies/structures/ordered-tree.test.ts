import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrderedTree } from './ordered-tree.ts';

const key = fc.nat({ max: 3 });

test('is first what a sort by both keys, then place, puts first', () => {
  const set = fc.record({ place: fc.nat({ max: 8 }), first: fc.oneof(key, fc.constant(Infinity)), second: key });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(set), (size, sets) => {
      const tree = new OrderedTree(size);
      const rows = Array.from({ length: size }, (_, place) => ({ place, first: Infinity, second: 0 }));
      for (const { place, first, second } of sets) {
        if (place >= size) continue;
        rows[place] = { place, first, second };
        tree.set(place, first, second);
        const there = rows.filter((row) => row.first !== Infinity);
        there.sort((a, b) => a.first - b.first || a.second - b.second || a.place - b.place);
        expect(tree.first).toBe(there[0]?.place ?? -1);
      }
      tree.clear();
      expect(tree.first).toBe(-1);
    }),
  );
});
