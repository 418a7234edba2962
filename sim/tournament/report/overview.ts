import { escapeHtml } from '../../page/frame.ts';
import { px } from '../../page/svg.ts';
import { KNOWLEDGE } from '../../strategies/registry.ts';
import type { Knowledge, Place } from '../../strategies/strategy.ts';
import type { OverallRow } from '../result.ts';
import { type FrontPoint, frontChart, isFar, shapeOf } from './front-chart.ts';
import type { Material } from './material.ts';
import { matrixOf } from './matrix.ts';
import { MEASURES } from './measures.ts';
import { extentOf, logAxis, numberTick } from './scales.ts';
import { times } from './sentences.ts';

/** What each level of knowledge is called under an axis. */
const CALLED: Readonly<Record<Knowledge, string>> = {
  nothing: 'nothing',
  membership: 'membership',
  localCounts: 'own counts',
  localLatency: 'own latency',
  reports: 'reports',
  idleServers: 'idle servers',
  probes: 'probes',
  global: 'everything',
};

const PLACES: Readonly<Record<Place, string>> = {
  kernel: 'in the kernel of each node',
  client: 'in each client',
  proxy: 'in each proxy of a tier',
  dispatcher: 'in one dispatcher that sees all',
};

/** All workloads together: what is gained by knowing more, and by a dearer pick, and the table of all. */
export function overview(material: Material): string {
  const { result, focus } = material;
  const { overall } = result;
  const heading = MEASURES[result.rankedBy].heading;
  return `<h2>All workloads together</h2>
<p>Lower is better: the ${heading} over the least of the same workload, in the geometric mean of workloads. What lies on the dashed line is beaten by nothing that costs as little.${farText(overall)}</p>
${keysOf(focus)}
<div class="fronts">${knowledgeFigure(material)}${costFigure(material)}</div>
<h3>Every strategy in every workload</h3>
<p class="legend">${heading} over the least of the workload: 1 is the best; dark is 10 times as long and more. First in: workloads in which nobody is shown to be better.</p>
${matrixOf(material)}`;
}

function knowledgeFigure({ result, strategies, focus }: Material): string {
  const front = result.overall.filter(({ onKnowledgeFront }) => onKnowledgeFront);
  const picture = frontChart({
    label: `${MEASURES[result.rankedBy].heading} against what a strategy knows; the front: ${spoken(front)}`,
    xLabel: 'what it knows, the least first →',
    staggered: true,
    points: result.overall.map((row): FrontPoint => {
      const { knows, runs } = strategies.get(row.strategy)!;
      return {
        name: row.strategy,
        runs,
        ratio: row.ratio,
        cost: KNOWLEDGE.indexOf(knows),
        onFront: row.onKnowledgeFront,
      };
    }),
    focus,
    x: ([left, right]) => ({
      ticks: KNOWLEDGE.map((_, i) => i),
      of: (i) => px(left + ((i + 0.5) * (right - left)) / KNOWLEDGE.length),
      text: (i) => CALLED[KNOWLEDGE[i]!],
    }),
  });
  return `<figure><figcaption><strong>Latency against knowledge</strong></figcaption>${picture}</figure>`;
}

function costFigure({ result, strategies, focus }: Material): string {
  const points = result.overall.flatMap((row): FrontPoint[] => {
    const { cost, runs } = strategies.get(row.strategy)!;
    if (cost === null) return [];
    return [{ name: row.strategy, runs, ratio: row.ratio, cost: cost.request, onFront: row.onCostFront }];
  });
  const extent = extentOf(points.map(({ cost }) => cost));
  if (extent === null) return '';
  const front = result.overall.filter(({ onCostFront }) => onCostFront);
  const picture = frontChart({
    label: `${MEASURES[result.rankedBy].heading} against nanoseconds per request; the front: ${spoken(front)}`,
    xLabel: 'ns per request (pick, start, end) at 100 Pods →',
    staggered: false,
    points,
    focus,
    x: (range) => logAxis([extent[0] * 0.9, extent[1] * 1.1], range, numberTick, 30),
  });
  return `<figure><figcaption><strong>Latency against the cost of a pick</strong></figcaption>${picture}</figure>`;
}

function spoken(front: readonly OverallRow[]): string {
  return front.map(({ strategy, ratio }) => `${strategy} ${times(ratio)}`).join(', ');
}

/** Who stands at the upper edge, and how far they are above it. */
function farText(overall: readonly OverallRow[]): string {
  const far = overall.filter((row) => isFar(row, overall));
  const texts = far.map(({ strategy, ratio }) => `${strategy} ${times(ratio)}`);
  return far.length === 0 ? '' : escapeHtml(` Cut off at the upper edge: ${texts.join(', ')}.`);
}

/** The styles that hold in all pictures, and the shapes. */
function keysOf(focus: ReadonlyMap<string, number>): string {
  const key = (content: string, text: string) =>
    `<li><svg viewBox="0 0 38 11" aria-hidden="true">${content}</svg>${escapeHtml(text)}</li>`;
  const lines = [...focus].map(([name, style]) =>
    key(`<path class="l l${style}" d="M0 5.5H38"/><circle class="dot f${style}" cx="19" cy="5.5" r="4"/>`, name),
  );
  const shapes = Object.entries(PLACES).map(([place, text]) =>
    key(`<path class="dot" transform="translate(19 5.5)" d="${shapeOf(place as Place)}"/>`, text),
  );
  return `<ul class="keys">${lines.join('')}</ul><ul class="keys">${shapes.join('')}</ul>`;
}
