import { describe, expect, test } from 'vitest';
import { nameAt, placeNames } from './place-names.ts';

const WITHIN = { left: 0, right: 400, top: 0, bottom: 300 };

/** Where names stand, as boxes: left, right, baseline. */
function boxes(svg: string) {
  return [...svg.matchAll(/x="([-\d.]+)" y="([-\d.]+)" text-anchor="(\w+)">([^<]*)</g)].map(
    ([, x, y, anchor, text]) => {
      const width = text!.length * 5.3;
      const left = Number(x) - (anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2);
      return { text: text!, left, right: left + width, baseline: Number(y) };
    },
  );
}

describe('names in pictures', () => {
  test('of points that stand close together do not cover each other, nor leave the picture', () => {
    const names = Array.from({ length: 8 }, (_, i) => ({
      text: `strategy-${i}`,
      at: [380 - 3 * i, 150 + 2 * i] as const,
    }));
    const placed = boxes(
      placeNames(
        names,
        names.map(({ at }) => at),
        WITHIN,
      ),
    );
    expect(placed.map(({ text }) => text).sort()).toEqual(names.map(({ text }) => text));
    for (const a of placed) {
      expect(a.left).toBeGreaterThanOrEqual(0);
      expect(a.right).toBeLessThanOrEqual(400);
      for (const b of placed) {
        if (a === b || a.right <= b.left || b.right <= a.left) continue;
        expect(Math.abs(a.baseline - b.baseline)).toBeGreaterThanOrEqual(9);
      }
    }
  });

  test('are text, whatever they are made of', () => {
    expect(placeNames([{ text: '<b>&', at: [9, 9] }], [], WITHIN)).toContain('&#60;b&#62;&#38;');
    expect(nameAt('<b>', [0, 0], 100)).not.toContain('<b>');
  });

  test('that are too long are pressed into their room', () => {
    expect(nameAt('short', [0, 0], 100)).not.toContain('textLength');
    expect(nameAt('a-name-of-more-than-thirty-letters', [0, 0], 100)).toContain('textLength="100"');
  });
});
