import { interpolateCividis, rgb, scaleLog } from 'd3';
import { durationText } from '../clock-text.ts';
import type { Latency } from '../data/latency.ts';
import { inks } from '../inks.ts';
import type { ViewStore } from '../view-store.ts';
import { bucketsBetween, levelWindow } from './level-window.ts';
import { drawValueAxis, type Frame, TimePanel } from './time-panel.ts';

/** Lines and their rims, readable on the heat map of each theme. */
const LINES = {
  dark: { p50: '#ffffff', p99: '#ff9d5c', rim: 'rgb(0 10 30 / 0.65)' },
  light: { p50: '#10161d', p99: '#c2410c', rim: 'rgb(255 255 255 / 0.85)' },
};

/** Colours of a cell, 256 as red, green, blue: the fuller, the farther from the ground of the theme. */
const RAMPS = { dark: rampOf((t) => 0.08 + 0.92 * t), light: rampOf((t) => 0.97 - 0.97 * t) };

function rampOf(place: (t: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 * 3 }, (_, i) => {
    const colour = rgb(interpolateCividis(place(Math.floor(i / 3) / 255)));
    return [colour.r, colour.g, colour.b][i % 3]!;
  });
}

/** How long user requests took: counts as a heat map over log time, and the median and 99th percentile as lines. */
export function latencyChart(store: ViewStore, latency: Latency, bucket: number, end: number): TimePanel {
  const panel = new TimePanel('Latency', 'p50 and p99 over a heat map of each moment, log scale', 116);
  panel.root.classList.add('latency');
  const image = document.createElement('canvas');
  const floor = latency.floorOf(0);
  const ceiling = latency.floorOf(latency.rows);
  panel.describe(
    latency.isEmpty
      ? 'No latencies were recorded'
      : `Latencies lie between ${durationText(floor)} and ${durationText(ceiling)}`,
  );
  panel.redraws(store, ['from', 'to', 'layout', 'theme'], draw);
  store.watch(['hover', 'time', 'theme'], () => {
    const { p50, p99, columns, width } = latency.level(1, 1);
    const at = Math.min(columns - 1, Math.max(0, Math.ceil((store.now.hover ?? store.now.time) / bucket / width) - 1));
    panel.legend([
      { colour: LINES[store.now.theme].p50, label: 'p50', value: durationText(p50[at]!) },
      { colour: LINES[store.now.theme].p99, label: 'p99', value: durationText(p99[at]!) },
    ]);
  });
  return panel;

  function draw(frame: Frame): void {
    const { pen, height, left, right, x } = frame;
    if (latency.isEmpty) {
      pen.fillStyle = inks().muted;
      pen.fillText('This trace holds no latencies.', left + 8, height / 2);
      return;
    }
    const { from, to } = store.now;
    const level = latency.level(bucketsBetween(from, to, bucket), right - left);
    const { first, end: last, at } = levelWindow(level.width, level.columns, bucket, from, Math.min(to, end));
    pen.save();
    pen.beginPath();
    pen.rect(left, 0, right - left, height);
    pen.clip();
    if (last > first) {
      paint(level.counts, first, last);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(image, x(at(first)), 0, x(at(last)) - x(at(first)), height);
    }
    const y = scaleLog([floor, ceiling], [height, 0]);
    for (const [values, colour] of [
      [level.p99, LINES[store.now.theme].p99],
      [level.p50, LINES[store.now.theme].p50],
    ] as const) {
      pen.beginPath();
      for (let i = first; i < last; i++) {
        if (Number.isNaN(values[i]!)) continue;
        const height = y(Math.max(floor, values[i]!));
        if (i > 0 && Number.isNaN(values[i - 1]!)) pen.moveTo(x(at(i)), height);
        pen.lineTo(x(at(i)), height);
        pen.lineTo(x(at(i + 1)), height);
      }
      for (const [width, ink] of [
        [3, LINES[store.now.theme].rim],
        [1.4, colour],
      ] as const) {
        pen.lineWidth = width;
        pen.strokeStyle = ink;
        pen.stroke();
      }
    }
    pen.restore();
    const decades = [1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11].filter((tick) => tick >= floor && tick <= ceiling);
    drawValueAxis(frame, y, decades, durationText);
  }

  /** Draws the cells into `image`, a pixel each; the colour grows with the root of the cell's part of the fullest one of its moment. */
  function paint(counts: Uint32Array, first: number, last: number): void {
    const { rows } = latency;
    image.width = last - first;
    image.height = rows;
    const pen = image.getContext('2d')!;
    const pixels = pen.createImageData(last - first, rows);
    const shown = counts.subarray(first * rows, last * rows);
    const ramp = RAMPS[store.now.theme];
    let most = 1;
    for (let i = 0; i < shown.length; i++) {
      if (i % rows === 0) {
        most = 1;
        for (let row = i; row < i + rows; row++) if (shown[row]! > most) most = shown[row]!;
      }
      const count = shown[i]!;
      if (count === 0) continue;
      const shade = Math.round(Math.sqrt(count / most) * 255) * 3;
      const pixel = ((rows - 1 - (i % rows)) * (last - first) + Math.floor(i / rows)) * 4;
      for (let channel = 0; channel < 3; channel++) pixels.data[pixel + channel] = ramp[shade + channel]!;
      pixels.data[pixel + 3] = 255;
    }
    pen.putImageData(pixels, 0, 0);
  }
}
