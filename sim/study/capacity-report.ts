import type { Scenario } from '../input/scenario.ts';
import type { Table } from '../page/table.ts';
import { textValue } from './axis-values.ts';
import type { LoadCapacity, Trial } from './capacity.ts';
import type { Chart } from './charts.ts';
import type { Questions } from './plan.ts';
import type { StudyReport } from './report.ts';
import { constraintFigures, figuresOfPoint, notesOf, type ReportHead } from './sweep-report.ts';
import { intervalText } from './values.ts';

/** The fewest at each load: the answer, a table, the curves with their knees. */
export function capacityReport(
  head: ReportHead,
  parameter: string,
  questions: Questions,
  capacities: readonly LoadCapacity[],
  base: Scenario,
): StudyReport {
  const what = wordFor(parameter);
  const theories = capacities.flatMap(({ theory }) => (typeof theory === 'string' ? [theory] : []));
  const samples = capacities.flatMap(({ trials }) => trials.map(({ sample }) => sample));
  return {
    ...head,
    answer: answerOf(what, questions, capacities),
    held: capacities.length === 0 ? null : capacities.every(({ fewest }) => fewest !== null),
    notes: notesOf(questions, samples, theories.length === capacities.length ? (theories[0] ?? null) : null),
    warnings: capacities.flatMap(({ load, theory, trials, fewest }) => [
      ...(typeof theory === 'object' && theory.warning !== null ? [`at ${load}x: ${theory.warning}`] : []),
      ...unclear(load, trials, fewest),
    ]),
    tables: tablesOf(what, questions, capacities, base.business?.currency ?? ''),
    charts: chartsOf(what, questions, capacities),
    figures: capacities.flatMap(({ load, trials }) =>
      trials.flatMap(({ value, sample }) =>
        figuresOfPoint(
          {
            values: { load: textValue(`${load}x`), [parameter]: textValue(String(value)) },
            sample,
            differences: [],
            opinions: [],
          },
          questions,
        ),
      ),
    ),
  };
}

/** Of the answer and the number before it, what the means alone decided. */
function unclear(load: number, trials: readonly Trial[], fewest: number | null): string[] {
  const close = trials.filter(
    ({ open, value }) => open && fewest !== null && (value === fewest || value === fewest - 1),
  );
  if (close.length === 0) return [];
  const values = close.map(({ value }) => value).join(' and ');
  return [`at ${load}x: with ${values} the budget of runs ended before it was clear; the mean decides`];
}

function answerOf(what: string, questions: Questions, capacities: readonly LoadCapacity[]): string {
  const goal = questions.constraints.map(({ text }) => text).join(' and ');
  const first = { ...questions, constraints: questions.constraints.slice(0, 1) };
  const parts = capacities.map(({ load, fewest, reason, trials }) => {
    const where = capacities.length === 1 && load === 1 ? '' : ` at ${load}x the load`;
    if (fewest === null) return `no number of ${what} is enough${where}: ${reason}`;
    const at = (value: number) => trials.find((trial) => trial.value === value);
    const before = at(fewest - 1);
    const against =
      before === undefined ? '' : `; with ${fewest - 1}, ${constraintFigures(questions, before.sample, 'missed')}`;
    return `${fewest} ${what}${where} (${constraintFigures(first, at(fewest)!.sample)}${against})`;
  });
  const found = capacities.some(({ fewest }) => fewest !== null);
  return `${found ? `${goal} takes ${parts.join(', ')}` : `${goal}: ${parts.join(', ')}`}.`;
}

function tablesOf(what: string, questions: Questions, capacities: readonly LoadCapacity[], currency: string): Table[] {
  const { metrics, shown } = questions;
  const number = (value: number) => (Number.isFinite(value) ? String(value) : '–');
  const answer: Table = {
    title: `Fewest ${what} at each load`,
    headings: [
      'load',
      what,
      ...shown.map((i) => metrics[i]!.name),
      'knee',
      'Erlang C',
      'a queue each',
      'square root',
      'runs',
    ],
    rows: capacities.map(({ load, fewest, trials, knee, theory }) => {
      const own = trials.find(({ value }) => value === fewest);
      const runs = trials.reduce((sum, { sample }) => sum + sample.runs.length, 0);
      const theories =
        typeof theory === 'string'
          ? ['–', '–', '–']
          : [number(theory.pooled), number(theory.split), `${number(theory.squareRoot)} cores`];
      return [
        `${load}x`,
        fewest === null ? 'none' : String(fewest),
        ...shown.map((i) => (own === undefined ? '–' : intervalText(metrics[i]!, own.sample.intervals[i]!, currency))),
        knee === null ? '–' : String(knee),
        ...theories,
        String(runs),
      ];
    }),
    textColumns: 1,
  };
  const tried: Table = {
    title: 'What was tried',
    headings: ['load', what, ...shown.map((i) => metrics[i]!.name), 'enough', 'runs'],
    rows: capacities.flatMap(({ load, trials }) =>
      trials.map(({ value, sample, keeps, open }) => [
        `${load}x`,
        String(value),
        ...shown.map((i) => intervalText(metrics[i]!, sample.intervals[i]!, currency)),
        `${keeps ? 'yes' : 'no'}${open ? ', by the mean' : ''}`,
        String(sample.runs.length),
      ]),
    ),
    textColumns: 1,
  };
  return [answer, tried];
}

function chartsOf(what: string, questions: Questions, capacities: readonly LoadCapacity[]): Chart[] {
  const { metrics, constraints } = questions;
  const found = capacities.filter(({ fewest }) => fewest !== null);
  const needed: Chart[] =
    found.length < 2
      ? []
      : [
          {
            kind: 'curves',
            title: `fewest ${what} by load`,
            unit: 'count',
            xLabel: 'load',
            bound: null,
            mark: null,
            series: [
              {
                name: what,
                points: found.map(({ load, fewest }) => ({ x: `${load}x`, y: fewest!, low: fewest!, high: fewest! })),
              },
              ...theoryCurves(found),
            ],
          },
        ];
  const curves = constraints.map(({ metric, bound }): Chart => {
    const i = metrics.findIndex(({ name }) => name === metric.name);
    const pointOf = ({ value, sample }: Trial) => {
      const { mean, halfWidth } = sample.intervals[i]!;
      return { x: String(value), y: mean, low: mean - halfWidth, high: mean + halfWidth };
    };
    const [only, ...others] = capacities;
    const knee = only !== undefined && others.length === 0 ? only.knee : null;
    return {
      kind: 'curves',
      title: metric.name,
      unit: metric.unit,
      xLabel: what,
      bound,
      mark: knee === null ? null : { x: String(knee), text: 'knee' },
      series: capacities.map(({ load, trials, knee: own }) => ({
        name: `${load}x${own === null ? '' : `, knee at ${own}`}`,
        points: trials.map(pointOf),
      })),
    };
  });
  return [...needed, ...curves];
}

function theoryCurves(found: readonly LoadCapacity[]) {
  const points = found.flatMap(({ load, theory }) =>
    typeof theory === 'object' && Number.isFinite(theory.pooled)
      ? [{ x: `${load}x`, y: theory.pooled, low: theory.pooled, high: theory.pooled }]
      : [],
  );
  return points.length === 0 ? [] : [{ name: 'one queue for all (Erlang C)', points }];
}

function wordFor(parameter: string): string {
  if (parameter === 'replicas') return 'replicas';
  return parameter.startsWith('replicas.') ? `replicas of ${parameter.slice('replicas.'.length)}` : parameter;
}
