import { parseDuration } from '../cluster/duration.ts';
import { type Advice, knownNames } from '../input/faults.ts';
import { readShare } from '../input/scenario-fields.ts';
import { Histogram } from '../stats/histogram.ts';
import type { Part, RunRecord } from './record.ts';

/** What a metric is counted in. */
export type Unit = 'seconds' | 'share' | 'count' | 'perSecond' | 'money';

/** One figure of a run: `storefront.p99`. */
export interface Metric {
  readonly name: string;
  /** Of which source; null: of all together. */
  readonly traffic: string | null;
  readonly figure: string;
  readonly unit: Unit;
}

export interface Constraint {
  readonly text: string;
  readonly metric: Metric;
  readonly operator: '<' | '<=' | '>' | '>=';
  /** In the metric's unit. */
  readonly bound: number;
}

/** A metric or constraint that is not there. */
export class UnknownMetric extends Error {
  readonly advice: Advice;

  constructor(message: string, advice: Advice) {
    super(message);
    this.advice = advice;
  }
}

const FIGURES: Readonly<Record<string, { unit: Unit; of(part: Whole, seconds: number): number }>> = {
  success: { unit: 'share', of: ({ good, failed }) => good / Math.max(1, good + failed) },
  failed: { unit: 'count', of: ({ failed }) => failed },
  sent: { unit: 'count', of: ({ sent }) => sent },
  goodput: { unit: 'perSecond', of: ({ good }, seconds) => good / seconds },
  mean: { unit: 'seconds', of: ({ latencies }) => latencies.mean / 1e9 },
  max: { unit: 'seconds', of: ({ latencies }) => latencies.max / 1e9 },
};

const QUANTILES = ['p50', 'p90', 'p95', 'p99', 'p999'];

/**
 * @param text `storefront.p99`; the source may be left out: with one there is no other, with several all are meant; `lost` is money
 * @throws UnknownMetric with the nearest that there is
 */
export function metricOf(text: string, traffic: readonly string[], hasBusiness: boolean): Metric {
  if (text === 'lost') {
    if (hasBusiness) return { name: 'lost', traffic: null, figure: 'lost', unit: 'money' };
    throw new UnknownMetric('lost is money, and the scenario has no business section', {
      fix: 'add business: {traffic: …, orderValue: …} to the scenario',
    });
  }
  const dot = text.lastIndexOf('.');
  const [source, figure] = dot < 0 ? [null, text] : [text.slice(0, dot), text.slice(dot + 1)];
  if (source !== null && source !== 'all' && !traffic.includes(source)) {
    throw new UnknownMetric(`there is no traffic "${source}"`, knownNames(source, [...traffic, 'all'], 'one of'));
  }
  const known = [...Object.keys(FIGURES), ...QUANTILES, ...(hasBusiness ? ['lost'] : [])];
  if (FIGURES[figure] === undefined && quantileOf(figure) === null) {
    throw new UnknownMetric(`there is no metric "${figure}"`, knownNames(figure, known, 'one of'));
  }
  const only = traffic.length === 1 ? traffic[0]! : null;
  const named = source === 'all' ? null : (source ?? only);
  return { name: `${named ?? 'all'}.${figure}`, traffic: named, figure, unit: FIGURES[figure]?.unit ?? 'seconds' };
}

/** @param text as a scenario's threshold: `storefront.p99 < 300ms` @throws UnknownMetric */
export function constraintOf(text: string, traffic: readonly string[], hasBusiness: boolean): Constraint {
  const [, name, operator, limit] = /^\s*([\w.-]+)\s*(<=|>=|<|>)\s*(\S+)\s*$/.exec(text) ?? [];
  const example = 'such as "storefront.p99 < 300ms" or "storefront.success >= 99.9%"';
  if (name === undefined || limit === undefined) {
    throw new UnknownMetric(`"${text}" is not a constraint`, { expected: `METRIC OPERATOR BOUND, ${example}` });
  }
  const metric = metricOf(name, traffic, hasBusiness);
  const bound = boundOf(metric, limit);
  return { text: text.trim(), metric, operator: operator as Constraint['operator'], bound };
}

function boundOf({ unit, figure }: Metric, limit: string): number {
  if (unit === 'seconds') {
    try {
      return parseDuration(limit) / 1e9;
    } catch (error) {
      throw new UnknownMetric((error as Error).message, { expected: 'a duration: 300ms' });
    }
  }
  const bound = unit === 'share' ? readShare(limit) : Number(limit);
  if (Number.isNaN(bound) || (unit === 'share' && bound > 1)) {
    const expected = unit === 'share' ? 'a share: 99.9%' : 'a number';
    throw new UnknownMetric(`"${limit}" is no bound for ${figure}`, { expected });
  }
  return bound;
}

/** The figures that a study asks of a run, in the order of `metrics`; of a single run also those of its batches. */
export interface RunFigures {
  readonly seed: number;
  readonly values: readonly number[];
  /** By batch, then by metric; empty unless the run stands alone. */
  readonly batches: readonly (readonly number[])[];
}

/** @param cut which of the run's cuts ends the warm-up @param alone its parts are batches */
export function figuresOf(run: RunRecord, metrics: readonly Metric[], cut: number, alone = false): RunFigures {
  const end = run.cuts.length;
  return {
    seed: run.seed,
    values: valuesOf(run, metrics, cut, end),
    batches: alone ? run.cuts.map((_, i) => valuesOf(run, metrics, i, i + 1)) : [],
  };
}

/** @param from and @param to parts of the run */
function valuesOf(run: RunRecord, metrics: readonly Metric[], from: number, to: number): number[] {
  const seconds = ((run.cuts[to] ?? run.duration) - run.cuts[from]!) / 1e9;
  const known = new Map<string | null, Whole>();
  const partOf = (traffic: string | null) => {
    let part = known.get(traffic);
    if (part !== undefined) return part;
    const sources = traffic === null ? Object.values(run.traffic) : [run.traffic[traffic]!];
    part = together(sources.flatMap(({ parts }) => parts.slice(from, to)));
    known.set(traffic, part);
    return part;
  };
  return metrics.map(({ traffic, figure }) => {
    if (figure === 'lost') return run.business!.perFailure * partOf(run.business!.traffic).failed;
    const part = partOf(traffic);
    const known = FIGURES[figure];
    return known === undefined ? part.latencies.quantile(quantileOf(figure)!) / 1e9 : known.of(part, seconds);
  });
}

interface Whole {
  readonly sent: number;
  readonly good: number;
  readonly failed: number;
  readonly latencies: Histogram;
}

function together(parts: readonly Part[]): Whole {
  const latencies = new Histogram();
  for (const part of parts) latencies.merge(Histogram.fromSparse(part.latencies));
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    sent: sum(({ sent }) => sent),
    good: sum(({ good }) => good),
    failed: sum(({ failed }) => failed),
    latencies,
  };
}

/** `p99` → 0.99, `p999` → 0.999: two digits at least. @returns null if it is none */
function quantileOf(figure: string): number | null {
  const digits = /^p(\d{2,6})$/.exec(figure)?.[1];
  return digits === undefined ? null : Number(`0.${digits}`);
}
