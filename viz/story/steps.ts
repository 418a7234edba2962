import type { Trace } from '../../sim/trace/trace.ts';

/** A step of the story that the run tells of itself. */
export interface Step {
  readonly title: string;
  readonly text: string;
  /** Where the playhead goes, ns; undefined: where it is. */
  readonly at: number | undefined;
  /** What lanes and charts show, ns; undefined: as they are. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** What is selected; -1: nothing. */
  readonly object: number;
}

/** The story in a trace's summary. What is not a step there, or points nowhere, is left out. */
export function storyOf(trace: Trace): Step[] {
  const { story } = trace.tables.summary;
  if (!Array.isArray(story)) return [];
  const { duration } = trace.header;
  const time = (value: unknown) => (typeof value === 'number' && value >= 0 && value <= duration ? value : undefined);
  return (story as unknown[]).flatMap((entry): Step[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { title, text, at, from, to, object } = entry as Record<string, unknown>;
    if (typeof title !== 'string' || typeof text !== 'string') return [];
    const [start, stop] = [time(from), time(to)];
    const isRange = start !== undefined && stop !== undefined && stop > start;
    return [
      {
        title,
        text,
        at: time(at) ?? start,
        from: isRange ? start : undefined,
        to: isRange ? stop : undefined,
        object: typeof object === 'number' && object in trace.tables.objects ? object : -1,
      },
    ];
  });
}
