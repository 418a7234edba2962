import { escapeHtml } from '../../page/frame.ts';
import { type Table, tableOf } from '../../page/table.ts';
import type { Figure } from '../replication.ts';
import type { LoadCurves, Row, WorkloadResult } from '../result.ts';
import { barChart } from './bars.ts';
import { familyOf } from './families.ts';
import { figureText, meanText, timeText } from './figure-text.ts';
import { focusLines, type Line, type Point } from './focus-lines.ts';
import type { Material } from './material.ts';
import { MEASURES } from './measures.ts';
import { extentOf, extentOfMost, linearAxis, logAxis, numberTick, shareTick, timeTick } from './scales.ts';

/** Families in a picture of their own show so many of their strategies. */
const BEST_OF_FAMILY = 4;

/** p99 against load, a picture a family: its best over a grey background of all. */
export function loadCurves({ result, focus }: Material): string {
  const { curves, overall, strategies } = result;
  if (curves === null || curves.series.length === 0) return '';
  const { loads, series } = curves;
  const lines = series.map(({ strategy, p99 }) => ({
    name: strategy,
    points: p99.map(({ mean }, i) => [loads[i]!, mean] as const),
  }));
  const times = extentOfMost(
    lines.map(({ name, points }) => ({ name, values: points.map(([, p99]) => p99) })),
    new Set(focus.keys()),
  )!;
  const family = familyOf(strategies);
  // The family of the best strategy first; in each the best at high load first.
  const families = [...new Set(overall.map(({ strategy }) => family.get(strategy)!))];
  const byLoad = series.toSorted((a, b) => a.p99.at(-1)!.mean - b.p99.at(-1)!.mean).map(({ strategy }) => strategy);
  const figures = families.flatMap((name) => {
    const own = byLoad.filter((strategy) => family.get(strategy) === name);
    if (own.length === 0) return [];
    const shown = own.slice(0, BEST_OF_FAMILY);
    const styled = new Map(shown.map((strategy, i) => [strategy, classOf(focus, strategy, i)]));
    if (focus.has('random')) styled.set('random', classOf(focus, 'random', 0));
    const picture = focusLines({
      label: `${name}: p99 against load; the best at high load: ${shown.join(', ')}`,
      xLabel: 'load →',
      x: (range) => linearAxis(extentOf(loads)!, range, numberTick),
      y: (range) => logAxis(times, range, timeTick),
      names: 'ends',
      lines,
      focus: styled,
      mark: null,
    });
    const more = own.length > shown.length ? ` · the best ${shown.length} of ${own.length}` : '';
    return [`<figure><figcaption><strong>${escapeHtml(name)}</strong>${more}</figcaption>${picture}</figure>`];
  });
  return `<h2>Load and latency</h2>
<p>p99 against load on ${escapeHtml(curves.workload)}, on a scale of logarithms, a picture a family. Grey: all the others; the few that go much further are cut off.</p>
<div class="multiples">${figures.join('')}</div>
${figuresOf(loadTable(curves, byLoad))}`;
}

/** 1 − F of latency, both axes logarithms, a picture a workload. */
export function tails(material: Material): string {
  const { result, focus } = material;
  const figures = result.workloads.map(({ name, rows }) => {
    const lines = rows.map(({ strategy, tail }) => ({
      name: strategy,
      points: stepped(tail),
    }));
    const styled = withBest(focus, rows);
    const times = extentOfMost(
      // What nearly all take longer than says nothing of a tail.
      lines.map(({ name, points }) => ({
        name,
        values: points.flatMap(([time, share]) => (share < 0.7 ? [time] : [])),
      })),
      new Set(styled.keys()),
    );
    const shares = extentOf(lines.flatMap(({ points }) => points.map(([, share]) => share)));
    if (times === null || shares === null) return '';
    return figureOf(name, {
      label: `${name}: share of requests that take longer; p99.9: ${spoken(rows, styled, 'p999')}`,
      xLabel: 'latency →',
      x: (range) => logAxis(times, range, timeTick, 46),
      y: (range) => logAxis([Math.max(shares[0], 1e-5), shares[1]], range, shareTick),
      names: 'ordered',
      lines,
      focus: styled,
      mark: null,
    });
  });
  if (figures.every((figure) => figure === '')) return '';
  return `<h2>Tails of latency</h2>
<p>The share of requests that take longer than so long, both on scales of logarithms: further left is better. In the colour of the text: the best of the workload, where it has no colour of its own.</p>
<div class="multiples">${figures.join('')}</div>
${figuresOf(figureTable(material, 'p999', result.workloads))}`;
}

/** Where nothing took as long as what lies between two points, the share stays until just before the second. */
function stepped(tail: Row['tail']): Point[] {
  return tail.flatMap(({ latency, above }, i): Point[] => {
    const before = tail[i - 1];
    const isApart = before !== undefined && latency > 1.25 * before.latency;
    return isApart
      ? [
          [latency / 1.09, before.above],
          [latency, above],
        ]
      : [[latency, above]];
  });
}

/** What the busiest Pod took over the mean, window by window, a picture a workload. */
export function imbalances(material: Material): string {
  const { result, focus } = material;
  const figures = result.workloads.map(({ name, rows, warmUp, duration, faultAt }) => {
    const lines: Line[] = rows.map(({ strategy, windows }) => ({
      name: strategy,
      points: windows.map(({ at, maxOverMean }) => [at, maxOverMean]),
    }));
    const styled = withBest(focus, rows);
    const ratios = extentOfMost(
      lines.map(({ name, points }) => ({ name, values: points.map(([, ratio]) => ratio) })),
      new Set(styled.keys()),
    );
    if (ratios === null) return '';
    const range = [Math.min(1, Math.max(0.5, ratios[0])), ratios[1]] as const;
    return figureOf(name, {
      label: `${name}: what the busiest Pod took over the mean of Pods, over time; in the mean ${spoken(rows, styled, 'maxOverMean')}`,
      xLabel: 'time →',
      x: (place) => linearAxis([warmUp, duration], place, (at) => (at === 0 ? '0' : timeTick(at))),
      y: (place) => (range[1] > 8 * range[0] ? logAxis : linearAxis)(range, place, numberTick),
      names: 'ends',
      lines,
      focus: styled,
      mark: faultAt === null ? null : { at: faultAt, text: 'fault' },
    });
  });
  if (figures.every((figure) => figure === '')) return '';
  return `<h2>Imbalance over time</h2>
<p>Requests that the busiest Pod took over the mean of Pods, both by what a Pod can serve: 1 is even. On a scale of logarithms where it goes far; the few that go much further are cut off.</p>
<div class="multiples">${figures.join('')}</div>
${figuresOf(figureTable(material, 'maxOverMean', result.workloads))}`;
}

/** What a change of members moved, beside what it had to; and how long a fault was felt. */
export function disruptions(material: Material): string {
  const moved = barsOf(material, 'moved', 'forced');
  const recovered = barsOf(material, 'recovery', null);
  const disruption = `<h2>Disruption</h2>
<p>The share of clients whose first request after a change of members went to another Pod than before. The stroke: those that had to, since their Pod was gone.</p>
${moved}`;
  const recovery = `<h2>Recovery</h2>
<p>${escapeHtml(capital(MEASURES.recovery.meaning))}. Where it did not come within the run, that is said by &gt;.</p>
${recovered}`;
  return (moved === '' ? '' : disruption) + (recovered === '' ? '' : recovery);
}

/** Bars of a figure, a picture for each workload that has it. */
function barsOf(material: Material, figure: Figure, least: Figure | null): string {
  const { result, focus } = material;
  const { heading } = MEASURES[figure];
  const text = (value: number) => figureText(figure, value);
  const workloads = result.workloads.filter(({ rows }) => rows.some(({ figures }) => figures[figure] !== null));
  if (workloads.length === 0) return '';
  const figures = workloads.map(({ name, rows }) => {
    const bars = rows.flatMap(({ strategy, figures }) => {
      const estimate = figures[figure];
      if (estimate === null) return [];
      const text = meanText(figure, estimate);
      return [
        {
          name: strategy,
          value: estimate.mean,
          text,
          least: (least === null ? null : figures[least]?.mean) ?? Number.NaN,
        },
      ];
    });
    const label = `${name}: ${heading}; ${spoken(rows, withBest(focus, rows), figure)}`;
    return `<figure><figcaption><strong>${escapeHtml(name)}</strong></figcaption>${barChart({ label, bars, focus, text })}</figure>`;
  });
  return `<div class="multiples">${figures.join('')}</div>
${figuresOf(figureTable(material, figure, workloads))}`;
}

function figureOf(name: string, chart: Parameters<typeof focusLines>[0]): string {
  return `<figure><figcaption><strong>${escapeHtml(name)}</strong></figcaption>${focusLines(chart)}</figure>`;
}

/** Those of the focus, and the best of the workload. */
function withBest(focus: ReadonlyMap<string, number>, [best]: readonly Row[]): Map<string, string> {
  const styled = new Map([...focus.keys()].map((name) => [name, classOf(focus, name, 0)]));
  if (best !== undefined) styled.set(best.strategy, classOf(focus, best.strategy, 0));
  return styled;
}

/** Its own style, or one of those in the colour of the text. */
function classOf(focus: ReadonlyMap<string, number>, name: string, i: number): string {
  return focus.has(name) ? `l${focus.get(name)}` : `i${i}`;
}

function spoken(rows: readonly Row[], styled: ReadonlyMap<string, string>, figure: Figure): string {
  return rows
    .filter(({ strategy }) => styled.has(strategy))
    .map(({ strategy, figures }) => `${strategy} ${meanText(figure, figures[figure])}`)
    .join(', ');
}

function figuresOf(table: Table): string {
  return `<details><summary>The figures: ${escapeHtml(table.title)}</summary>${tableOf(table)}</details>`;
}

/** A figure of every strategy in some workloads, the best over all first. */
function figureTable({ result }: Material, figure: Figure, workloads: readonly WorkloadResult[]): Table {
  const figuresBy = workloads.map(
    ({ rows }) => new Map(rows.map(({ strategy, figures }) => [strategy, figures[figure]])),
  );
  return {
    title: `${MEASURES[figure].heading} by workload`,
    headings: ['strategy', ...workloads.map(({ name }) => name)],
    rows: result.overall.map(({ strategy }) => [
      strategy,
      ...figuresBy.map((figures) => meanText(figure, figures.get(strategy) ?? null)),
    ]),
    textColumns: 1,
  };
}

function loadTable({ loads, series }: LoadCurves, order: readonly string[]): Table {
  const p99Of = new Map(series.map(({ strategy, p99 }) => [strategy, p99]));
  return {
    title: 'p99 by load',
    headings: ['strategy', ...loads.map(String)],
    rows: order.map((strategy) => [strategy, ...p99Of.get(strategy)!.map(({ mean }) => timeText(mean))]),
    textColumns: 1,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
