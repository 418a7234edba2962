import type { SparseHistogram } from '../stats/histogram.ts';
import { crc32 } from '../trace/checksum.ts';

/** What users of one source got in a part of a run. */
export interface Part {
  readonly sent: number;
  readonly good: number;
  /** Requests that ended without a good answer, or waited for more than ten seconds when the run ended. */
  readonly failed: number;
  readonly latencies: SparseHistogram;
}

export interface SourceRecord {
  /** From each of the run's cuts to the next, the last to the end. */
  readonly parts: readonly Part[];
  /** Mean latency of each slice of the run, whole ns, where the end of the warm-up is to be found; else empty. */
  readonly means: readonly number[];
}

/** What a study keeps of one run. Integers and exact sums: records merge to the same bytes in any order. */
export interface RunRecord {
  /** Of what it was computed from: the resolved scenario, what of it counts, seed and version. */
  readonly key: string;
  readonly seed: number;
  readonly events: number;
  /** ns. */
  readonly duration: number;
  /** Where the warm-up may be said to end, ns, ascending; or, of a run that stands alone, the ends of its batches. */
  readonly cuts: readonly number[];
  /** Money that a failed request costs, and its source; null without a `business:` section. */
  readonly business: { readonly traffic: string; readonly perFailure: number } | null;
  readonly traffic: Readonly<Record<string, SourceRecord>>;
}

/** Of what a line holds: +1 with every change to `RunRecord`. */
const FORMAT = 1;

/** One line of a file of results: JSON, with a checksum of the run's text. */
export function lineOf(record: RunRecord): string {
  const run = JSON.stringify({ ...record, traffic: mapValues(record.traffic, packed) });
  return `{"format":${FORMAT},"run":${run},"crc32":"${checksum(run)}"}\n`;
}

/** @returns null for a line that is torn, changed or of another format */
export function readLine(line: string): RunRecord | null {
  const [, format, run, crc] = /^\{"format":(\d+),"run":(.*),"crc32":"([0-9a-f]{8})"\}$/.exec(line) ?? [];
  if (run === undefined || Number(format) !== FORMAT || crc !== checksum(run)) return null;
  const record = JSON.parse(run) as Omit<RunRecord, 'traffic'> & { traffic: Record<string, Packed> };
  return { ...record, traffic: mapValues(record.traffic, unpacked) };
}

type Packed = SourceRecord;

/** Bucket numbers as steps from one to the next: half of the bytes. */
function packed({ parts, means }: SourceRecord): Packed {
  const steps = (buckets: readonly number[]) => buckets.map((bucket, i) => bucket - (buckets[i - 1] ?? 0));
  return { parts: parts.map((part) => withBuckets(part, steps(part.latencies.buckets))), means };
}

function unpacked({ parts, means }: Packed): SourceRecord {
  const sums = (steps: readonly number[]) => {
    let at = 0;
    return steps.map((step) => {
      at += step;
      return at;
    });
  };
  return { parts: parts.map((part) => withBuckets(part, sums(part.latencies.buckets))), means };
}

function withBuckets(part: Part, buckets: number[]): Part {
  return { ...part, latencies: { ...part.latencies, buckets } };
}

function checksum(text: string): string {
  return crc32(new TextEncoder().encode(text)).toString(16).padStart(8, '0');
}

function mapValues<A, B>(of: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, f(value)]));
}
