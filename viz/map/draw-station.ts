import { fitted, rounded, SMALL, SMALL_BOLD } from '../canvas.ts';
import { digits, percentText } from '../clock-text.ts';
import { OUTCOME_GROUPS } from '../data/outcome-groups.ts';
import type { InkName, Inks } from '../inks.ts';
import type { Box } from './box.ts';
import type { MapScene } from './scene.ts';

export const DISCOVERY_LABELS: Readonly<Record<string, string>> = {
  podIP: 'fixed Pod IP',
  dns: 'DNS',
  env: 'env variable',
  headless: 'headless DNS',
  external: 'load balancer',
};

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
