/**
 * Where does the warm-up end? MSER-5: averages of five observations each; cut off as many as make the standard error of the
 * mean of the rest smallest. A cut in the later half means that the run is too short to tell.
 * @param values in order of time
 * @returns how many of the values to drop, a multiple of 5 in the first half; -1: the run is too short
 * @source K. P. White, M. J. Cobb, S. C. Spratt, A comparison of five steady-state truncation heuristics, WSC 2000
 */
export function warmUp(values: ArrayLike<number>): number {
  const batches = Math.floor(values.length / 5);
  if (batches < 2) return -1;
  let [sum, squares, best, cut] = [0, 0, Infinity, 0];
  const origin = values[values.length - 1]!; // sums of differences from it: less cancellation
  for (let d = batches - 1; d >= 0; d--) {
    let batch = -5 * origin;
    for (let i = 5 * d; i < 5 * d + 5; i++) batch += values[i]!;
    sum += batch / 5;
    squares += (batch / 5) ** 2;
    const kept = batches - d;
    if (kept < 5) continue; // the last few may agree by chance
    const statistic = (squares - sum ** 2 / kept) / kept ** 2;
    if (statistic <= best) {
      best = statistic;
      cut = d;
    }
  }
  return cut > batches / 2 ? -1 : 5 * cut;
}
