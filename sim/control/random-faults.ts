import { minusLog } from '../engine/logarithm.ts';
import type { Streams } from '../engine/random.ts';
import type { TimelineEntry } from '../input/scenario.ts';

/**
 * The timeline with all that comes by chance drawn: each random entry has a stream of its own, so that neither requests nor other
 * entries change when it comes.
 * @param end of the run, ns
 * @returns entries without `random`, in the order of time
 */
export function drawRandomEntries(timeline: readonly TimelineEntry[], end: number, streams: Streams): TimelineEntry[] {
  const counts = new Map<string, number>();
  const drawn = timeline.flatMap((entry) => {
    if (entry.random === undefined) return [entry];
    const number = (counts.get(entry.action) ?? 0) + 1;
    counts.set(entry.action, number);
    return occurrences(entry, end, streams, `timeline/${entry.action}/${number}`);
  });
  return drawn.toSorted((a, b) => a.at - b.at);
}

function occurrences(
  { random, ...entry }: TimelineEntry,
  end: number,
  streams: Streams,
  name: string,
): TimelineEntry[] {
  const { mtbf, mean, nodes } = random!;
  const stream = streams.stream(name);
  const out = new Float64Array(1);
  const exponential = (mean: number) => {
    minusLog(stream.bits(), out);
    return Math.max(1, Math.round(mean * out[0]!));
  };
  const found: TimelineEntry[] = [];
  for (let at = entry.at + exponential(mtbf); at < end; at += exponential(mtbf)) {
    // What is not needed is drawn too, so that nothing shifts when a field is set.
    const length = exponential(mean ?? 1);
    const node = stream.below(Math.max(1, nodes.length));
    const one = { ...entry, at } as TimelineEntry;
    if ('duration' in one) {
      one.duration = Math.min(mean === null ? one.duration : length, end - at);
      at += one.duration;
    }
    if (nodes.length > 0)
      Object.assign(one, 'scope' in one ? { scope: { nodes: [nodes[node]!], zone: null } } : { node: nodes[node]! });
    found.push(one);
  }
  return found;
}
