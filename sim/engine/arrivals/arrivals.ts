/** When does the next one come? A process on the time axis, asked for one point after the other. */
export interface Arrivals {
  /**
   * Writes the time of the next arrival (integer ns, never before the last one) into `due[0]`: pass `engine.due` and
   * schedule. Keeps fractions of a ns to itself, so that a rate is met however long the run.
   * @returns false when no more will come; `due` is then unchanged
   */
  next(due: Float64Array): boolean;
}
