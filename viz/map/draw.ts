import { fitted, hatch, SMALL, SMALL_BOLD } from '../canvas.ts';
import { digits, percentText } from '../clock-text.ts';
import { mainGroup } from '../data/flows.ts';
import type { PodLoad } from '../data/load.ts';
import { OUTCOME_GROUPS } from '../data/outcome-groups.ts';
import type { Pod, World } from '../data/world.ts';
import type { InkName, Inks } from '../inks.ts';
import { readyShades, shadeOf, stateFill } from '../lanes/pod-ink.ts';
import type { Box, MapLayout } from './layout.ts';
import type { Point, Route } from './routes.ts';

/** All that the map shows at one instant. */
export interface MapScene {
  readonly world: World;
  readonly load: PodLoad;
  readonly layout: MapLayout;
  readonly time: number;
  readonly routes: readonly Route[];
  /** Attempts per second that reach dead addresses, by Pod that had them. */
  readonly swallowed: ReadonlyMap<Pod, number>;
  readonly selection: number;
  readonly ink: Inks;
}

export const DISCOVERY_LABELS: Readonly<Record<string, string>> = {
  podIP: 'fixed Pod IP',
  dns: 'DNS',
  env: 'env variable',
  headless: 'headless DNS',
  external: 'load balancer',
};

const NODE_PHASES = ['provisioning', 'ready', 'draining', 'gone'];
const PUBLISHED_OUTSET = 2.5;

/** What lies under the moving dots: zones, nodes, edges and Pods. */
export function drawGround(pen: CanvasRenderingContext2D, scene: MapScene): void {
  for (const place of scene.layout.zones) drawZone(pen, scene, place.box);
  for (const place of scene.layout.nodes) drawNode(pen, scene, place.item.id, place.box);
  drawEdges(pen, scene);
  drawAreaLabels(pen, scene);
  for (const { item, box } of scene.layout.pods.values()) drawPod(pen, scene, item, box);
}

/** What dots pass under: clients, discovery and Services. */
export function drawStations(pen: CanvasRenderingContext2D, scene: MapScene): void {
  for (const { item, box } of scene.layout.clients) drawClient(pen, scene, item.id, box);
  for (const { item, box } of scene.layout.discoveries)
    drawBox(pen, scene, box, DISCOVERY_LABELS[item] ?? item, '', false);
  for (const { item, box } of scene.layout.services) drawService(pen, scene, item, box);
  if (scene.layout.bypass !== undefined) drawBypass(pen, scene.ink, scene.layout.bypass);
  if (scene.layout.across) drawHeads(pen, scene);
}

function drawHeads(pen: CanvasRenderingContext2D, { layout, ink }: MapScene): void {
  pen.font = SMALL;
  pen.fillStyle = ink.muted;
  pen.textAlign = 'left';
  pen.textBaseline = 'top';
  for (const [label, places] of [
    ['Clients', layout.clients],
    ['Discovery', layout.discoveries],
    ['Service VIP', layout.services],
  ] as const) {
    if (places[0] !== undefined) pen.fillText(label, places[0].box.x, 5);
  }
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

function drawPod(pen: CanvasRenderingContext2D, scene: MapScene, pod: Pod, { x, y, w, h }: Box): void {
  const { world, load, time, ink } = scene;
  const phase = world.phase(pod, time);
  const swallowed = scene.swallowed.get(pod) ?? 0;
  if (phase === 'absent') return;
  if (phase === 'gone') {
    if (swallowed > 0) drawGhost(pen, scene, swallowed, x + w / 2, y + h / 2, w);
    else {
      pen.strokeStyle = ink.line;
      pen.lineWidth = 1;
      pen.strokeRect(x + w / 2 - 1.5, y + h / 2 - 1.5, 3, 3);
    }
  } else {
    const busy = load.utilisation(pod).levels[0]!.sum[load.bucketOf(time)]!;
    pen.fillStyle = ink.panel;
    rounded(pen, x, y, w, h, 3);
    pen.fill();
    pen.fillStyle = phase === 'ready' ? readyShades(ink)[shadeOf(busy)]! : stateFill(pen, phase, ink);
    pen.fill();
    pen.strokeStyle = phase === 'ready' && busy > 0.95 ? ink.error : ink.edge;
    pen.lineWidth = phase === 'ready' && busy > 0.95 ? 2 : 1;
    pen.stroke();
    if (phase === 'notReady' || phase === 'terminating') {
      pen.strokeStyle = ink.panel;
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.moveTo(x + w * 0.25, y + h * 0.75);
      pen.lineTo(x + w * 0.75, y + h * 0.25);
      pen.stroke();
    }
    if (swallowed > 0) drawGhost(pen, scene, swallowed, x + w / 2, y + h / 2, w);
  }
  if (world.histories.at(pod.id, 'Pod.published', time) > 0) {
    pen.setLineDash([1.5, 2]);
    pen.strokeStyle = ink.text;
    pen.lineWidth = 1.2;
    rounded(pen, x - PUBLISHED_OUTSET, y - PUBLISHED_OUTSET, w + 2 * PUBLISHED_OUTSET, h + 2 * PUBLISHED_OUTSET, 5);
    pen.stroke();
    pen.setLineDash([]);
  }
  if (world.podOf(scene.selection) === pod) {
    pen.strokeStyle = ink.accent;
    pen.lineWidth = 2;
    rounded(pen, x - 4.5, y - 4.5, w + 9, h + 9, 6);
    pen.stroke();
  }
}

/** A hole that swallows what is sent to it: the wider, the more. */
function drawGhost(
  pen: CanvasRenderingContext2D,
  { ink }: MapScene,
  rate: number,
  x: number,
  y: number,
  size: number,
): void {
  const radius = Math.min(size * 0.95, size * 0.42 + 1.2 * Math.log2(1 + rate));
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = ink.panel;
  pen.fill();
  pen.globalAlpha = 0.5;
  pen.fillStyle = hatch(pen, ink.error);
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = ink.error;
  pen.lineWidth = 1.5;
  pen.setLineDash([3, 2]);
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  for (const side of [-1, 1]) {
    pen.moveTo(x - size * 0.2, y - side * size * 0.2);
    pen.lineTo(x + size * 0.2, y + side * size * 0.2);
  }
  pen.strokeStyle = ink.text;
  pen.stroke();
}

function drawClient(pen: CanvasRenderingContext2D, scene: MapScene, id: number, box: Box): void {
  const rates = new Float64Array(OUTCOME_GROUPS.length);
  for (const { flow, share } of scene.routes) {
    if (flow.client !== id) continue;
    flow.rates.forEach((rate, group) => {
      rates[group] = rates[group]! + rate * share;
    });
  }
  const rate = rates.reduce((sum, its) => sum + its, 0);
  const failed = rates.reduce((sum, its, group) => sum + (OUTCOME_GROUPS[group]!.failed ? its : 0), 0);
  const says =
    rate === 0 ? 'sends nothing' : `${digits(rate)}/s${failed > 0 ? ` · ${percentText(failed / rate)} fail` : ''}`;
  drawBox(pen, scene, box, scene.world.label(id), says, scene.selection === id);
  if (rate === 0) return;
  let x = box.x + 1;
  OUTCOME_GROUPS.forEach(({ key }, group) => {
    const share = rates[group]! / rate;
    pen.fillStyle = scene.ink[key as InkName];
    pen.fillRect(x, box.y + box.h - 4, share * (box.w - 2), 3);
    x += share * (box.w - 2);
  });
}

function drawService(pen: CanvasRenderingContext2D, scene: MapScene, id: number, box: Box): void {
  const ready = scene.world.histories.at(id, 'Service.readyEndpoints', scene.time);
  drawBox(pen, scene, box, scene.world.name(id), `${ready} ready`, scene.selection === id);
}

/** A way past the Services: no box, since nothing stands there. */
function drawBypass(pen: CanvasRenderingContext2D, ink: Inks, { x, y, w, h }: Box): void {
  pen.strokeStyle = ink.muted;
  pen.lineWidth = 1;
  pen.setLineDash([3, 3]);
  rounded(pen, x, y, w, h, 4);
  pen.fillStyle = ink.panel;
  pen.fill();
  pen.stroke();
  pen.setLineDash([]);
  pen.font = SMALL;
  pen.fillStyle = ink.muted;
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  const isTwoLines = h >= 28;
  if (isTwoLines) pen.fillText(fitted(pen, 'no Service:', w - 14), x + 7, y + h / 2 - 7);
  pen.fillText(fitted(pen, 'straight to Pods', w - 14), x + 7, y + h / 2 + (isTwoLines ? 6 : 0));
}

function drawBox(
  pen: CanvasRenderingContext2D,
  { ink }: MapScene,
  { x, y, w, h }: Box,
  label: string,
  says: string,
  isSelected: boolean,
): void {
  rounded(pen, x, y, w, h, 4);
  pen.fillStyle = ink.panel;
  pen.fill();
  pen.strokeStyle = isSelected ? ink.accent : ink.line;
  pen.lineWidth = isSelected ? 2 : 1;
  pen.stroke();
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  pen.fillStyle = ink.text;
  pen.font = SMALL_BOLD;
  const isTwoLines = says !== '' && h >= 28;
  pen.fillText(fitted(pen, label, w - 14), x + 7, y + h / 2 - (isTwoLines ? 7 : 0));
  pen.font = SMALL;
  pen.fillStyle = ink.muted;
  if (isTwoLines) pen.fillText(fitted(pen, says, w - 14), x + 7, y + h / 2 + 6);
}

function rounded(pen: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, radius: number): void {
  pen.beginPath();
  pen.roundRect(x, y, w, h, radius);
}
