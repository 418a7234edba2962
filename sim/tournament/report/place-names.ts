import { escapeHtml } from '../../page/frame.ts';
import { px } from '../../page/svg.ts';

type At = readonly [x: number, y: number];

/** A name in a picture; one that is too long is pressed together. @param room px @param anchor where x is in it @param y its baseline */
export function nameAt(text: string, [x, y]: At, room: number, anchor: 'start' | 'end' = 'start'): string {
  const pressed = text.length * LETTER > room ? ` textLength="${px(room)}" lengthAdjust="spacingAndGlyphs"` : '';
  const end = anchor === 'end' ? ' text-anchor="end"' : '';
  return `<text class="name" x="${px(x)}" y="${px(y)}"${end}${pressed}>${escapeHtml(text)}</text>`;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Mean width and height of a letter, px. */
const [LETTER, LINE] = [5.3, 10];
/** Half of a point, px. */
const POINT = 4;
/** Where a name may stand by its point, the nearest first: from the point to the name's nearer end or middle, and its baseline. */
const SPOTS = [4, 14, 24, 36, 50].flatMap((far) => [
  { x: 8, y: -far + 7, anchor: 'start' },
  { x: -8, y: -far + 7, anchor: 'end' },
  { x: 8, y: far, anchor: 'start' },
  { x: -8, y: far, anchor: 'end' },
  { x: 0, y: -far - 4, anchor: 'middle' },
  { x: 0, y: far + 9, anchor: 'middle' },
]);

/**
 * Names by their points where they cover neither each other nor a point; one that stands away from its point has a stroke to it.
 * Greedy, from the top: where there is no such place, the spot that covers least.
 */
export function placeNames(names: readonly { text: string; at: At }[], points: readonly At[], within: Box): string {
  const taken: Box[] = points.map(([x, y]) => ({
    left: x - POINT,
    right: x + POINT,
    top: y - POINT,
    bottom: y + POINT,
  }));
  return names
    .toSorted((a, b) => a.at[1] - b.at[1])
    .map(({ text, at: [x, y] }) => {
      const spots = SPOTS.map((spot, i) => {
        const box = boxOf(x + spot.x, y + spot.y, text.length * LETTER, spot.anchor);
        const covered = taken.reduce((sum, other) => sum + common(box, other), 0);
        const outside = text.length * LETTER * LINE - common(box, within);
        return { spot, box, cost: covered + outside * 10 + i };
      });
      const { spot, box } = spots.reduce((a, b) => (b.cost < a.cost ? b : a));
      taken.push(box);
      const far = Math.abs(spot.y) > 18;
      const stroke = far
        ? `<path class="whisker" d="M${px(x)} ${px(y)}L${px(x + spot.x)} ${px(y + spot.y - 3)}"/>`
        : '';
      return `${stroke}<text class="name" x="${px(x + spot.x)}" y="${px(y + spot.y)}" text-anchor="${spot.anchor}">${escapeHtml(text)}</text>`;
    })
    .join('');
}

function boxOf(x: number, baseline: number, width: number, anchor: string): Box {
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { left, right: left + width, top: baseline - LINE + 2, bottom: baseline + 2 };
}

/** The area that two have in common, px². */
function common(a: Box, b: Box): number {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 0 && down > 0 ? across * down : 0;
}
