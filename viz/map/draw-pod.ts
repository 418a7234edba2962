import { hatch, rounded } from '../canvas.ts';
import type { Pod } from '../data/world.ts';
import { readyShades, shadeOf, stateFill } from '../lanes/pod-ink.ts';
import type { Box } from './box.ts';
import type { MapScene } from './scene.ts';

/** The dotted outline of a published Pod stands so far off, CSS pixels. */
const PUBLISHED_OUTSET = 2.5;

/** A Pod as it is now: its state, whether it is published, and what its address swallows when it is gone. */
export function drawPod(pen: CanvasRenderingContext2D, scene: MapScene, pod: Pod, { x, y, w, h }: Box): void {
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
