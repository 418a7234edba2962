/** Makes the canvas as sharp as the screen and clears it. @returns its context, in CSS pixels, and its size in them */
export function prepared(canvas: HTMLCanvasElement): { pen: CanvasRenderingContext2D; width: number; height: number } {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext('2d')!;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = SMALL;
  return { pen, width, height };
}

export const SMALL = '11px system-ui, sans-serif';
export const SMALL_BOLD = '600 11px system-ui, sans-serif';

const hatches = new Map<string, CanvasPattern>();

/** Diagonal stripes in a colour, for states that must be told apart without it. */
export function hatch(pen: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  let pattern = hatches.get(colour);
  if (pattern === undefined) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = 6;
    const stripes = tile.getContext('2d')!;
    stripes.strokeStyle = colour;
    stripes.lineWidth = 2;
    for (const x of [-6, 0, 6]) {
      stripes.moveTo(x - 1, 7);
      stripes.lineTo(x + 7, -1);
    }
    stripes.stroke();
    const made = pen.createPattern(tile, 'repeat');
    if (made === null) return colour;
    hatches.set(colour, made);
    pattern = made;
  }
  return pattern;
}

/** The text, shortened with an ellipsis until it fits. */
export function fitted(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pen.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`;
}

/** Begins a path around a box with round corners. */
export function rounded(
  pen: CanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
  radius: number,
): void {
  pen.beginPath();
  pen.roundRect(x, y, w, h, radius);
}
