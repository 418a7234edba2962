import { plural } from '../explain/figures.ts';
import type { Scenario, TimelineEntry } from '../input/scenario.ts';
import { textValue } from './axis-values.ts';
import type { Conductor } from './conductor.ts';
import { NothingToAsk } from './nothing-to-ask.ts';
import type { Questions } from './plan.ts';
import { settle } from './settled.ts';
import type { PlannedPoint, PointResult } from './sweep.ts';
import { constraintFigures } from './sweep-report.ts';
import { intervalText, valueText } from './values.ts';

export const FAILURES = ['zone', 'node', 'pod', 'dns'] as const;
export type FailureKind = (typeof FAILURES)[number];

export interface SurviveOptions {
  /** null: every kind that the scenario can have. */
  readonly kinds: readonly FailureKind[] | null;
  /** ns from the start. */
  readonly at: number;
  /** ns; Infinity: to the end. */
  readonly duration: number;
}

interface Failure {
  readonly name: string;
  readonly entry: TimelineEntry;
}

/** At most so many nodes are lost in turn: those with most Pods. */
const MOST_NODES = 12;

/**
 * Without a failure, and with each in turn, on the same arrivals; judged from the failure to the end.
 * @throws NothingToAsk when a kind was asked for that the scenario cannot have
 */
export function planSurvive(scenario: Scenario, options: SurviveOptions, conductor: Conductor): PlannedPoint[] {
  const failures = failuresOf(scenario, options);
  const observation = { warmUp: 0, from: options.at, batches: false };
  const plan = (name: string, entries: readonly TimelineEntry[]): PlannedPoint => ({
    values: { failure: textValue(name) },
    point: conductor.point(
      { ...scenario, timeline: [...scenario.timeline, ...entries].toSorted((a, b) => a.at - b.at) },
      observation,
    ),
  });
  return [plan('none', []), ...failures.map(({ name, entry }) => plan(name, [entry]))];
}

function failuresOf(scenario: Scenario, { kinds, at, duration }: SurviveOptions): Failure[] {
  const { nodes, pods } = settle(scenario);
  const zones = [...new Set(nodes.map(({ zone }) => zone))].filter((zone) => zone !== '').toSorted();
  const end = Math.min(duration, scenario.duration - at);
  const asked = (kind: FailureKind) => kinds === null || kinds.includes(kind);
  const failures: Failure[] = [];
  if (asked('zone')) {
    if (kinds !== null && zones.length === 0) {
      throw new NothingToAsk('no node has a zone', {
        fix: 'set cluster.nodes.zones, or the label topology.kubernetes.io/zone',
      });
    }
    for (const zone of zones)
      failures.push({ name: `zone ${zone}`, entry: { at, action: 'fail', zone, duration: end } });
  }
  if (asked('node')) {
    const busiest = nodes.filter(({ pods }) => pods > 0).toSorted((a, b) => b.pods - a.pods);
    for (const { name } of busiest.slice(0, MOST_NODES).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      failures.push({ name: `node ${name}`, entry: { at, action: 'fail', node: name, duration: end } });
    }
  }
  if (asked('pod')) {
    const seen = new Set<string>();
    for (const { namespace, name, workload } of pods) {
      if (seen.has(workload)) continue;
      seen.add(workload);
      const object = { kind: 'Pod' as const, namespace, name };
      failures.push({
        name: `a Pod of ${workload.slice(workload.indexOf('/') + 1)}`,
        entry: { at, action: 'delete', object },
      });
    }
  }
  if (asked('dns')) {
    if (scenario.cluster.dns.server !== null) {
      failures.push({ name: 'DNS', entry: { at, action: 'dns', kind: 'down', delay: 1e9, duration: end } });
    } else if (kinds !== null) {
      throw new NothingToAsk('no DNS server is simulated, so none can fail', {
        fix: 'add cluster.dns.server: {} to the scenario',
      });
    }
  }
  return failures;
}

/** The first sentence: which failures the objectives do not survive, and what the worst of them costs. */
export function surviveAnswer(questions: Questions, points: readonly PointResult[], currency: string): string {
  const [calm, ...failed] = points;
  const goal = questions.constraints.map(({ text }) => text).join(' and ');
  if (calm === undefined || failed.length === 0) return 'No failure is finished.';
  if (calm.sample.verdicts.includes('fails')) {
    return `Even without a failure ${goal} does not hold (${constraintFigures(questions, calm.sample)}): nothing can be said of what failures cost.`;
  }
  const names = (of: readonly PointResult[]) => of.map(failureOf).join(', ');
  const lost = failed.filter(({ sample }) => sample.verdicts.includes('fails'));
  const open = failed.filter(({ sample }) => sample.verdicts.includes('open') && !sample.verdicts.includes('fails'));
  const kinds = kindsOf(failed);
  if (lost.length === 0 && open.length === 0) {
    return `${goal} survives every loss that was tried, one at a time (${plural(failed.length, 'failure')}: ${kinds}): N+1 holds; the worst, ${failureOf(worst(questions, failed))}, costs ${costOf(questions, worst(questions, failed), currency)}.`;
  }
  if (lost.length === 0)
    return `No loss is shown to break ${goal}, but for ${names(open)} it is not clear yet: run more replications.`;
  const dearest = worst(questions, lost);
  const others = lost.length - 1;
  return `${goal} does not survive the loss of ${names(lost.slice(0, 6))}${lost.length > 6 ? ' and others' : ''}: N+1 does not hold${others > 0 ? '; the dearest' : ''}, ${failureOf(dearest)}, costs ${costOf(questions, dearest, currency)}.`;
}

function failureOf({ values }: PointResult): string {
  return values.failure!.text;
}

function kindsOf(points: readonly PointResult[]): string {
  return points.length <= 6
    ? points.map(failureOf).join(', ')
    : [...new Set(points.map((point) => failureOf(point).split(' ')[0]!))].join(', ');
}

/** By failed requests more than without. */
function worst({ metrics }: Questions, points: readonly PointResult[]): PointResult {
  const i = metrics.findIndex(({ figure }) => figure === 'failed');
  return points.toSorted((a, b) => (b.differences[i]?.mean ?? 0) - (a.differences[i]?.mean ?? 0))[0]!;
}

function costOf({ metrics }: Questions, { differences, sample }: PointResult, currency: string): string {
  const of = (figure: string) => metrics.findIndex((metric) => metric.figure === figure);
  const failed = differences[of('failed')];
  const success = sample.intervals[of('success')]!;
  if (failed === null || failed === undefined) return 'nothing that can be told from one run';
  if (failed.verdict === 'no difference shown') return 'nothing that is shown: no more requests fail than without it';
  const money = of('lost');
  const lost = money < 0 ? '' : `, ${intervalText(metrics[money]!, differences[money]!, currency)}`;
  return `${intervalText(metrics[of('failed')]!, failed)} failed requests${lost} (success ${valueText('share', success.mean)})`;
}
