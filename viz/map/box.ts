/** A place on the map, CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
export interface Placed<T> {
  readonly item: T;
  readonly box: Box;
}

/** The lowest edge of all; 0 when there are none. */
export function bottomOf(placed: readonly Placed<unknown>[]): number {
  return Math.max(0, ...placed.map(({ box }) => box.y + box.h));
}
