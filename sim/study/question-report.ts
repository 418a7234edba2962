import type { Scenario } from '../input/scenario.ts';
import type { Chart } from './charts.ts';
import type { Questions } from './plan.ts';
import type { StudyReport } from './report.ts';
import type { PointResult, Sweep } from './sweep.ts';
import { figuresOfPoint, missingText, notesOf, pointTable, type ReportHead, warningsOf } from './sweep-report.ts';

/** Named cases on the same arrivals, the first of them the one that the others are held against. */
export function questionReport(
  head: ReportHead,
  answer: string,
  parameters: readonly string[],
  questions: Questions,
  sweep: Sweep,
  base: Scenario,
): StudyReport {
  const { points } = sweep;
  const failed = questions.metrics.findIndex(({ figure }) => figure === 'failed');
  const samples = points.map(({ sample }) => sample);
  return {
    ...head,
    answer,
    held:
      points.length === 0 ? null : samples.every(({ verdicts }) => verdicts.every((verdict) => verdict === 'holds')),
    notes: [
      'Figures are of what ended after it began.',
      ...(base.representing === 1
        ? []
        : [`One simulated request stands for ${base.representing}: requests are counted as simulated, money as real.`]),
      ...notesOf(questions, samples, null),
    ],
    warnings: [...missingText(sweep), ...warningsOf(points)],
    tables: [pointTable(parameters, questions, points, base.business?.currency ?? '', failed)],
    charts: questions.shown.map((i) => chartOf(questions, i, points)),
    figures: points.flatMap((point) => figuresOfPoint(point, questions)),
  };
}

/** The cases one after the other, each with its interval. */
function chartOf({ metrics, constraints }: Questions, i: number, points: readonly PointResult[]): Chart {
  const { name, unit } = metrics[i]!;
  return {
    kind: 'curves',
    title: `${name}, by number of the row`,
    unit,
    xLabel: 'row of the table',
    bound: constraints.find(({ metric }) => metric.name === name)?.bound ?? null,
    mark: null,
    series: [
      {
        name,
        points: points.map(({ sample }, row) => {
          const { mean, halfWidth } = sample.intervals[i]!;
          return { x: `${row + 1}`, y: mean, low: mean - halfWidth, high: mean + halfWidth };
        }),
      },
    ],
  };
}
