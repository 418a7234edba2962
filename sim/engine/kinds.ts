/**
 * What can happen in a layer is one closed table: a row per kind of event, with the meaning of its two integers.
 * `engine.define(layer, kinds)` numbers the rows at start-up; reading the tables is reading the model.
 */
export interface Kind<Layer> {
  /** What the first integer of the event means; '-' when unused. */
  readonly a: string;
  /** What the second integer means; '-' when unused. */
  readonly b: string;
  /** Runs the event. The time is `engine.clock[0]`; no double is passed, since V8 would box it. */
  run(layer: Layer, a: number, b: number): void;
}

export type Kinds<Layer> = Record<string, Kind<Layer>>;
