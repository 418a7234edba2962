import { plural } from '../explain/figures.ts';
import type { Scenario } from '../input/scenario.ts';
import type { Table } from '../page/table.ts';
import type { Chart, CurvePoint } from './charts.ts';
import { CONFIDENCE, type Difference } from './estimate.ts';
import { groupBy } from './group-by.ts';
import type { Metric } from './metrics.ts';
import { metricNumber, type Questions } from './plan.ts';
import type { Figure, StudyReport } from './report.ts';
import type { Sample } from './sample.ts';
import type { Opinion } from './second-opinion.ts';
import type { Study } from './study.ts';
import type { PointResult, Sweep } from './sweep.ts';
import { intervalText, valueText } from './values.ts';

/** What every report of a study begins with. */
export type ReportHead = Pick<StudyReport, 'command' | 'study' | 'scenario' | 'version' | 'seed' | 'reproduce'>;

/** A sweep in words, tables and charts. */
export function sweepReport(
  head: ReportHead,
  study: Study,
  questions: Questions,
  sweep: Sweep,
  base: Scenario,
): StudyReport {
  const { points } = sweep;
  const currency = base.business?.currency ?? '';
  const compared = questions.shown.find((i) => questions.metrics[i]!.unit === 'seconds') ?? -1;
  const names = study.axes.map(({ name }) => name);
  const table = pointTable(names, questions, points, currency, compared);
  const theory = theoryTable(questions.metrics, points);
  return {
    ...head,
    answer: answerOf(questions, sweep, currency),
    held: questions.constraints.length === 0 || points.length === 0 ? null : points.some(holds),
    notes: notesOf(
      questions,
      points.map(({ sample }) => sample),
      sweep.noOpinion,
    ),
    warnings: [...missingText(sweep), ...warningsOf(points)],
    tables: [table, ...(theory === null ? [] : [theory])],
    charts: chartsOf(study, questions, points),
    figures: points.flatMap((point) => figuresOfPoint(point, questions)),
  };
}

/** A row a metric of one point. */
export function figuresOfPoint(
  { values, sample, differences, opinions }: Pick<PointResult, 'values' | 'sample' | 'differences' | 'opinions'>,
  questions: Questions,
): Figure[] {
  return questions.shown.map((i): Figure => {
    const metric = questions.metrics[i]!;
    const { mean, halfWidth, confidence, count } = sample.intervals[i]!;
    const at = questions.constraints.findIndex((constraint) => metricNumber(questions, constraint) === i);
    const difference = differences[i] ?? null;
    const opinion = opinions.find((each) => each.metric === metric.name);
    return {
      point: Object.fromEntries(Object.entries(values).map(([name, { text }]) => [name, text])),
      metric: metric.name,
      unit: metric.unit,
      mean,
      low: mean - halfWidth,
      high: mean + halfWidth,
      confidence,
      replications: sample.runs.length === 1 ? 1 : count,
      stoppedBy: sample.stoppedBy,
      warmUp: sample.warmUp,
      constraint: questions.constraints[at]?.text ?? null,
      verdict: sample.verdicts[at] ?? null,
      against:
        difference === null
          ? null
          : { difference: difference.mean, halfWidth: difference.halfWidth, verdict: difference.verdict },
      theory: opinion === undefined ? null : { pooled: opinion.pooled, split: opinion.split },
    };
  });
}

function holds({ sample }: PointResult): boolean {
  return sample.verdicts.length > 0 && sample.verdicts.every((verdict) => verdict === 'holds');
}

function answerOf(questions: Questions, { points, missing }: Sweep, currency: string): string {
  if (points.length === 0) return `No point is finished: ${plural(missing.length, 'point')} to go.`;
  const { constraints, metrics, shown } = questions;
  const goal = constraints.map(({ text }) => text).join(' and ');
  if (constraints.length > 0) {
    const good = points.filter(holds);
    const open = points.filter(({ sample }) => sample.verdicts.includes('open') && !sample.verdicts.includes('fails'));
    const unclear = open.length === 0 ? '' : `; for ${open.length} more it is not clear yet, run more replications`;
    if (points.length === 1 && good.length === 1)
      return `${goal} holds: ${nameFirst(questions, points[0]!, currency)}.`;
    if (good.length === 0) {
      const [closest] = points.toSorted((a, b) => distance(questions, a) - distance(questions, b));
      return `${goal} holds at none of ${plural(points.length, 'point')}${unclear}; nearest is ${closest!.name} with ${nameFirst(questions, closest!, currency)}.`;
    }
    return `${goal} holds at ${good.length} of ${plural(points.length, 'point')}, the first of them ${good[0]!.name} with ${nameFirst(questions, good[0]!, currency)}${unclear}.`;
  }
  const i = shown.find((each) => metrics[each]!.unit === 'seconds') ?? shown[0]!;
  const metric = metrics[i]!;
  const sorted = points.toSorted((a, b) => a.sample.intervals[i]!.mean - b.sample.intervals[i]!.mean);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const text = (point: PointResult) => intervalText(metric, point.sample.intervals[i]!, currency);
  if (points.length === 1) return `${metric.name} is ${text(least)}.`;
  const shownApart =
    most.sample.intervals[i]!.mean - most.sample.intervals[i]!.halfWidth >
    least.sample.intervals[i]!.mean + least.sample.intervals[i]!.halfWidth;
  if (!shownApart)
    return `No difference in ${metric.name} is shown between ${plural(points.length, 'point')}: ${text(least)} at ${least.name}, ${text(most)} at ${most.name}.`;
  return `${metric.name} goes from ${text(least)} at ${least.name} to ${text(most)} at ${most.name}.`;
}

function nameFirst(questions: Questions, { sample }: PointResult, currency: string): string {
  const i = metricNumber(questions, questions.constraints[0]!);
  return `${questions.metrics[i]!.name} ${intervalText(questions.metrics[i]!, sample.intervals[i]!, currency)}`;
}

/** `users.p99 212 ms ± 5 ms, users.success 100 %`. */
export function constraintFigures(
  questions: Questions,
  { intervals, verdicts }: Sample,
  only: 'all' | 'missed' = 'all',
): string {
  const asked = questions.constraints.filter((_, k) => only === 'all' || verdicts[k] !== 'holds');
  return asked
    .map((constraint) => {
      const i = metricNumber(questions, constraint);
      return `${constraint.metric.name} ${intervalText(questions.metrics[i]!, intervals[i]!)}`;
    })
    .join(', ');
}

/** How far from the first constraint that fails, relative to its bound. */
function distance(questions: Questions, { sample }: PointResult): number {
  return questions.constraints.reduce((worst, constraint, k) => {
    if (sample.verdicts[k] === 'holds') return worst;
    const { mean } = sample.intervals[metricNumber(questions, constraint)]!;
    const off = Math.abs(mean - constraint.bound) / Math.abs(constraint.bound || 1);
    return Math.max(worst, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off);
  }, 0);
}

/** A row a point. @param compared the metric whose difference from the first point is shown; -1: none */
export function pointTable(
  names: readonly string[],
  questions: Questions,
  points: readonly PointResult[],
  currency: string,
  compared: number,
): Table {
  const { metrics, constraints, shown } = questions;
  const isCompared = points.length > 1 && compared >= 0;
  const headings = [
    ...names,
    ...shown.map((i) => metrics[i]!.name),
    ...(isCompared ? [`${metrics[compared]!.name} against the first`] : []),
    ...constraints.map(({ text }) => text),
    'runs',
  ];
  const rows = points.map(({ values, sample, differences }) => [
    ...names.map((name) => values[name]?.text ?? ''),
    ...shown.map((i) => intervalText(metrics[i]!, sample.intervals[i]!, currency)),
    ...(isCompared ? [differenceText(metrics[compared]!, differences[compared]!)] : []),
    ...sample.verdicts,
    `${sample.runs.length}${sample.stoppedBy === 'budget' ? ' (budget)' : ''}`,
  ]);
  return { title: 'Every point', headings, rows, textColumns: names.length };
}

function differenceText(metric: Metric, difference: Difference | null): string {
  if (difference === null) return '';
  if (difference.verdict === 'no difference shown') return difference.verdict;
  return `${difference.mean > 0 ? '+' : ''}${intervalText(metric, difference)}`;
}

function theoryTable(metrics: readonly Metric[], points: readonly PointResult[]): Table | null {
  const rows = points.flatMap(({ name, sample, opinions }) =>
    opinions.map(({ metric, pooled, split }) => {
      const i = metrics.findIndex((each) => each.name === metric);
      const text = (value: number) => valueText(metrics[i]!.unit, value);
      return [name, metric, intervalText(metrics[i]!, sample.intervals[i]!), text(pooled), text(split)];
    }),
  );
  if (rows.length === 0) return null;
  const headings = ['point', 'metric', 'simulated', 'one queue for all (Erlang C)', 'a queue for each Pod'];
  return { title: 'A second opinion: queueing theory', headings, rows, textColumns: 2 };
}

export function warningsOf(
  points: readonly { name: string; opinions: readonly Opinion[]; sample: Sample }[],
): string[] {
  const all = points.flatMap(({ name, opinions }) =>
    [...new Set(opinions.map(({ warning }) => warning))].flatMap((text) => (text === null ? [] : [{ name, text }])),
  );
  const disagree = [...groupBy(all, ({ text }) => text)].map(([text, where]) => {
    const names = where.map(({ name }) => name);
    const some =
      names.length > 4 ? `${names.slice(0, 4).join('; ')} and ${names.length - 4} more points` : names.join('; ');
    return `${some}: theory disagrees: ${text}`;
  });
  const short = points.filter(({ sample }) => sample.tooShort);
  return [
    ...disagree,
    ...(short.length === 0
      ? []
      : [
          `at ${plural(short.length, 'point')} the runs are too short for MSER-5 to find the end of the warm-up: there nothing was dropped; make the duration longer, or set the warm-up`,
        ]),
  ];
}

export function missingText({ missing, points }: Sweep): string[] {
  if (missing.length === 0 || points.length === 0) return [];
  const some = missing.slice(0, 3).join('; ');
  return [`${plural(missing.length, 'point')} not finished: ${some}${missing.length > 3 ? '; …' : ''}`];
}

/** How long the runs were warmed up, why they ended, what the intervals mean. Never silent. */
export function notesOf(
  { shown, constraints }: Questions,
  samples: readonly Sample[],
  noOpinion: string | null,
): string[] {
  if (samples.length === 0) return [];
  const cuts = samples.filter(({ tooShort }) => !tooShort).map(({ warmUp }) => warmUp);
  const [low, high] = [Math.min(...cuts), Math.max(...cuts)];
  const seconds = (value: number) => valueText('seconds', value);
  const stopped = groupBy(samples, ({ stoppedBy }) => stoppedBy);
  const counts = samples.map(({ runs }) => runs.length);
  const runs =
    Math.min(...counts) === Math.max(...counts) ? `${counts[0]}` : `${Math.min(...counts)} to ${Math.max(...counts)}`;
  const why = (
    [
      ['precision', 'stopped at the precision that was asked for'],
      ['decision', 'stopped when it was clear whether the objective holds'],
      ['budget', 'stopped at the budget of runs'],
    ] as const
  ).flatMap(([key, text]) => (stopped.has(key) ? [`${stopped.get(key)!.length} ${text}`] : []));
  const single = counts.every((count) => count === 1);
  return [
    cuts.length === 0
      ? 'Warm-up: the runs are too short to tell where it ends; nothing was dropped.'
      : high === 0
        ? 'Warm-up: nothing was dropped.'
        : `Warm-up: ${low === high ? seconds(high) : `${seconds(low)} to ${seconds(high)}`} at the start of each run ${low === high ? 'was' : 'were'} dropped.`,
    single
      ? `Each point is one run; intervals are of its 10 parts (batch means), ${CONFIDENCE * 100} % each.`
      : `${runs} replications a point, with the same seeds, so the same arrivals, at every point (common random numbers)${why.length > 0 ? `; ${why.join(', ')}` : ''}. Intervals: Student's t over replications, ${CONFIDENCE * 100} % each.`,
    ...(shown.length * samples.length > 1
      ? [
          `${plural(shown.length * samples.length, 'interval')} are shown: of so many, one in twenty misses; to be ${CONFIDENCE * 100} % sure of all at once they would have to be wider (Bonferroni).`,
        ]
      : []),
    ...(constraints.length > 0
      ? [
          'A constraint holds or fails where its whole interval does; it is open where the interval has the bound inside.',
        ]
      : []),
    ...(noOpinion === null ? [] : [`No second opinion from queueing theory: ${noOpinion}.`]),
  ];
}

/** A small multiple for each metric: curves over the first numeric parameter, or a map over two. */
function chartsOf(
  { axes, combine }: Study,
  { metrics, shown, constraints }: Questions,
  points: readonly PointResult[],
): Chart[] {
  const varied = axes.filter(({ values, between }) => values.length > 1 || between !== null);
  const isNumeric = (name: string) =>
    points.every(({ values }) => values[name] === undefined || /^-?[\d.]+x?$/.test(values[name].text));
  // Along the longest numeric parameter; the others tell the curves apart.
  const along =
    varied.filter(({ name }) => isNumeric(name)).toSorted((a, b) => b.values.length - a.values.length)[0] ?? varied[0];
  if (along === undefined || points.length < 2) return [];
  const others = varied.filter((axis) => axis !== along);
  const nameOfSeries = (point: PointResult) =>
    others.map(({ name }) => `${name}=${point.values[name]?.text ?? ''}`).join(', ');
  const series = groupBy(points, nameOfSeries);
  const isMap = combine === 'grid' && others.length === 1 && along.values.length > 2 && others[0]!.values.length > 2;
  return shown.flatMap((i): Chart[] => {
    const { name, unit } = metrics[i]!;
    const bound = constraints.find(({ metric }) => metric.name === name)?.bound ?? null;
    const of = (point: PointResult): CurvePoint => {
      const { mean, halfWidth } = point.sample.intervals[i]!;
      return { x: point.values[along.name]?.text ?? '', y: mean, low: mean - halfWidth, high: mean + halfWidth };
    };
    const drawn = [...series].slice(0, 8).map(([key, own]) => ({ name: key, points: own.map(of) }));
    const curves: Chart = { kind: 'curves', title: name, unit, xLabel: along.name, series: drawn, bound, mark: null };
    if (!isMap) return [curves];
    const cells = points.map((point) => ({
      x: point.values[along.name]!.text,
      y: point.values[others[0]!.name]!.text,
      value: point.sample.intervals[i]!.mean,
      bad: point.sample.verdicts.includes('fails'),
    }));
    return [curves, { kind: 'heat', title: name, unit, xLabel: along.name, yLabel: others[0]!.name, cells }];
  });
}
