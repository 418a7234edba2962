import type { Table } from '../page/table.ts';
import type { Chart } from './charts.ts';
import { csvText } from './csv.ts';

/** The answer of a study in every form: what the terminal, files and pages are written from. */
export interface StudyReport {
  readonly command: string;
  readonly study: string;
  readonly scenario: string;
  readonly version: string;
  readonly seed: number;
  /** The first sentence. */
  readonly answer: string;
  /** Did what was asked for hold? null: nothing was. */
  readonly held: boolean | null;
  /** Sentences for people: how the figures came about. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
  /** The command line that makes it again. */
  readonly reproduce: string;
  /** What a program reads: one row a point and metric. */
  readonly figures: readonly Figure[];
}

/** One metric of one point, in its unit: seconds, a share from 0 to 1, a count, one per second, money. */
export interface Figure {
  readonly point: Readonly<Record<string, string>>;
  readonly metric: string;
  readonly unit: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly replications: number;
  readonly stoppedBy: string;
  /** Seconds dropped at the start of a run, at most. */
  readonly warmUp: number;
  readonly constraint: string | null;
  readonly verdict: string | null;
  readonly against?: { readonly difference: number; readonly halfWidth: number; readonly verdict: string } | null;
  readonly theory?: { readonly pooled: number; readonly split: number } | null;
}

/** One versioned document. Equal studies give equal bytes. */
export function jsonOf({ charts: _, tables: __, version: svclab, ...report }: StudyReport): string {
  // JSON has neither infinity nor NaN: an interval of one run has no end.
  return `${JSON.stringify({ version: 1, svclab, ...report }, numbers, 2)}\n`;
}

function numbers(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

/** A row a point and metric; parameters first. */
export function csvOf({ figures }: StudyReport): string {
  const names = [...new Set(figures.flatMap(({ point }) => Object.keys(point)))];
  const head = [
    ...names,
    'metric',
    'unit',
    'mean',
    'low',
    'high',
    'confidence',
    'replications',
    'stopped_by',
    'warm_up_seconds',
    'constraint',
    'verdict',
    'difference',
    'difference_half_width',
    'difference_verdict',
    'theory_pooled',
    'theory_split',
  ];
  const rows = figures.map((figure) => [
    ...names.map((name) => figure.point[name] ?? ''),
    figure.metric,
    figure.unit,
    figure.mean,
    figure.low,
    figure.high,
    figure.confidence,
    figure.replications,
    figure.stoppedBy,
    figure.warmUp,
    figure.constraint ?? '',
    figure.verdict ?? '',
    figure.against?.difference ?? '',
    figure.against?.halfWidth ?? '',
    figure.against?.verdict ?? '',
    figure.theory?.pooled ?? '',
    figure.theory?.split ?? '',
  ]);
  return csvText([head, ...rows]);
}
