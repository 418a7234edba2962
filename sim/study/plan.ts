import type { OpenScenario } from '../input/load.ts';
import type { Scenario } from '../input/scenario.ts';
import { type Constraint, constraintOf, type Metric, metricOf } from './metrics.ts';

/** What a study asks of every point. */
export interface Questions {
  readonly metrics: readonly Metric[];
  readonly constraints: readonly Constraint[];
  /** Positions in `metrics` of those that are shown. */
  readonly shown: readonly number[];
}

/** @param texts empty: success, mean and p99 @param constraints null: the scenario's thresholds @throws UnknownMetric */
export function questionsOf(
  { base }: Pick<OpenScenario, 'base'>,
  texts: readonly string[],
  constraints: readonly string[] | null,
): Questions {
  const traffic = base.traffic.map(({ name }) => name);
  const hasBusiness = base.business !== null;
  const asked = constraints ?? base.thresholds.map(({ text }) => text);
  const checked = asked.map((text) => constraintOf(text, traffic, hasBusiness));
  const defaults = ['success', 'mean', 'p99', ...(hasBusiness ? ['lost'] : [])];
  const wanted = (texts.length > 0 ? texts : defaults).map((text) => metricOf(text, traffic, hasBusiness));
  const metrics: Metric[] = [];
  const shown: number[] = [];
  for (const metric of [...wanted, ...checked.map(({ metric }) => metric)]) {
    let i = metrics.findIndex(({ name }) => name === metric.name);
    if (i < 0) i = metrics.push(metric) - 1;
    if (!shown.includes(i)) shown.push(i);
  }
  return { metrics, constraints: checked, shown };
}

/** Position in `metrics` of what a constraint is about. */
export function metricNumber({ metrics }: Questions, { metric }: Constraint): number {
  return metrics.findIndex(({ name }) => name === metric.name);
}

/** May a steady state be looked for? Not where things happen at given times, or the load follows the clock. */
export function isSteady({ timeline, traffic }: Scenario): boolean {
  const isConstant = (points: readonly (readonly [number, number])[]) =>
    points.every(([, value]) => value === points[0]![1]);
  return (
    timeline.length === 0 &&
    traffic.every(({ arrivals }) => {
      switch (arrivals.kind) {
        case 'poisson':
          return isConstant(arrivals.rate);
        case 'users':
          return isConstant(arrivals.count);
        case 'replay':
        case 'batch':
          return false;
        default:
          return true;
      }
    })
  );
}

/** What of each run counts, where the study leaves it open. */
export function warmUpOf(asked: number | 'auto' | 'default', scenario: Scenario): number | 'auto' {
  if (asked !== 'default') return asked;
  return isSteady(scenario) ? 'auto' : 0;
}
