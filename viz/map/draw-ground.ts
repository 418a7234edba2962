import { fitted, rounded, SMALL } from '../canvas.ts';
import { mainGroup } from '../data/flows.ts';
import { OUTCOME_GROUPS } from '../data/outcome-groups.ts';
import type { World } from '../data/world.ts';
import type { InkName } from '../inks.ts';
import type { Box } from './box.ts';
import { drawPod } from './draw-pod.ts';
import type { Point } from './routes.ts';
import type { MapScene } from './scene.ts';

const NODE_PHASES = ['provisioning', 'ready', 'draining', 'gone'];

/** What lies under the moving dots: zones, nodes, edges and Pods. */
export function drawGround(pen: CanvasRenderingContext2D, scene: MapScene): void {
  for (const place of scene.layout.zones) drawZone(pen, scene, place.box);
  for (const place of scene.layout.nodes) drawNode(pen, scene, place.item.id, place.box);
  drawEdges(pen, scene);
  drawAreaLabels(pen, scene);
  for (const { item, box } of scene.layout.pods.values()) drawPod(pen, scene, item, box);
}

function drawZone(pen: CanvasRenderingContext2D, { ink }: MapScene, { x, y, w, h }: Box): void {
  pen.fillStyle = ink.raised;
  rounded(pen, x, y, w, h, 5);
  pen.fill();
}

/** Names of zones and nodes, over the lines that cross them. */
function drawAreaLabels(pen: CanvasRenderingContext2D, { world, layout, time, ink }: MapScene): void {
  pen.font = SMALL;
  pen.textAlign = 'left';
  pen.textBaseline = 'top';
  pen.fillStyle = ink.muted;
  for (const { item: zone, box } of layout.zones) {
    pen.fillText(zone === '' ? 'no zone' : `zone ${zone}`, box.x + 8, box.y + 4);
  }
  for (const { item: node, box } of layout.nodes) {
    const phase = nodePhase(world, node.id, time);
    const says = phase === 'draining' || phase === 'provisioning' ? `${node.name} · ${phase}` : node.name;
    pen.fillText(fitted(pen, says, box.w - 8), box.x + 6, box.y + 3);
  }
}

/** Undefined before it is created. */
function nodePhase(world: World, node: number, time: number): string | undefined {
  if (node < 0) return 'ready';
  if (time < world.trace.tables.objects[node]!.createdAt) return undefined;
  return NODE_PHASES[world.histories.at(node, 'Node.phase', time, 1)];
}

function drawNode(
  pen: CanvasRenderingContext2D,
  { world, time, ink, selection }: MapScene,
  node: number,
  { x, y, w, h }: Box,
): void {
  const phase = nodePhase(world, node, time);
  const isThere = phase === 'ready' || phase === 'draining';
  rounded(pen, x, y, w, h, 4);
  if (isThere) {
    pen.fillStyle = ink.panel;
    pen.fill();
  }
  pen.strokeStyle = selection === node ? ink.accent : phase === 'draining' ? ink.timeout : ink.line;
  pen.lineWidth = selection === node || phase === 'draining' ? 1.5 : 1;
  pen.setLineDash(isThere ? [] : [2, 3]);
  pen.stroke();
  pen.setLineDash([]);
}

/** What clients send to, as lines: the colour of most of it, as wide as its rate. */
function drawEdges(pen: CanvasRenderingContext2D, { routes, ink, layout, selection, world }: MapScene): void {
  const trunks = new Map<readonly Point[], { rates: Float64Array; rate: number }>();
  const chosen = world.podOf(selection);
  const quiet = selection >= 0 && (chosen !== undefined || world.kind(selection) === 'Client');
  const faint = Math.min(0.42, Math.max(0.16, 14 / Math.max(1, routes.length)));
  for (const { flow, trunk, branch, share } of routes) {
    const sum = trunks.get(trunk) ?? { rates: new Float64Array(flow.rates.length), rate: 0 };
    flow.rates.forEach((rate, group) => {
      sum.rates[group] = sum.rates[group]! + rate * share;
    });
    sum.rate += flow.rate * share;
    trunks.set(trunk, sum);
    if (branch.length < 2) continue;
    const isChosen = flow.client === selection || (chosen !== undefined && world.podOf(flow.target) === chosen);
    const isFailing = OUTCOME_GROUPS[mainGroup(flow.rates)]!.failed;
    pen.globalAlpha = isChosen ? 0.95 : quiet ? 0.14 : isFailing ? 0.5 : faint;
    strokeWay(
      pen,
      branch,
      ink[OUTCOME_GROUPS[mainGroup(flow.rates)]!.key as InkName],
      lineWidth(flow.rate * share),
      layout.across,
    );
  }
  pen.globalAlpha = 0.55;
  for (const [trunk, { rates, rate }] of trunks) {
    for (let i = 0; i + 1 < trunk.length; i += 2) {
      strokeWay(
        pen,
        trunk.slice(i, i + 2),
        ink[OUTCOME_GROUPS[mainGroup(rates)]!.key as InkName],
        lineWidth(rate) + 0.5,
        layout.across,
      );
    }
  }
  pen.globalAlpha = 1;
}

function lineWidth(rate: number): number {
  return Math.min(6, 0.7 + 0.55 * Math.log2(1 + rate / 4));
}

function strokeWay(
  pen: CanvasRenderingContext2D,
  points: readonly Point[],
  colour: string,
  width: number,
  across: boolean,
): void {
  const [from, to] = [points[0]!, points[1]!];
  const [middleX, middleY] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  if (across) pen.bezierCurveTo(middleX, from.y, middleX, to.y, to.x, to.y);
  else pen.bezierCurveTo(from.x, middleY, to.x, middleY, to.x, to.y);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}
