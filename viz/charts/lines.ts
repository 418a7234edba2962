import { scaleLinear } from 'd3';
import type { Pyramid } from '../../sim/trace/pyramid.ts';
import { type InkName, inks } from '../inks.ts';
import type { ViewStore } from '../view-store.ts';
import { bucketsBetween, levelWindow } from './level-window.ts';
import { bucketAt } from './outcomes.ts';
import { drawValueAxis, type Frame, TimePanel } from './time-panel.ts';

/** A series as a line: its mean, over the band from its lowest to its highest value where several share a pixel. */
export interface Line {
  readonly label: string;
  readonly ink: InkName;
  readonly values: Pyramid;
  readonly dashed?: boolean;
}

export interface LinesOptions {
  readonly title: string;
  readonly unit: string;
  readonly height: number;
  readonly lines: readonly Line[];
  /** Lowest value of the axis; default 0. */
  readonly bottom?: number;
  /** The axis reaches at least up to here. */
  readonly top: number;
  /** What to say when there are no lines. */
  readonly empty: string;
  readonly text: (value: number) => string;
}

/** Lines over time. No spike is lost at any zoom: the band keeps the extremes. */
export function linesChart(store: ViewStore, options: LinesOptions, bucket: number, end: number): TimePanel {
  const { lines, bottom = 0, text } = options;
  const panel = new TimePanel(options.title, options.unit, options.height);
  const highest = Math.max(options.top, ...lines.map(({ values }) => values.levels.at(-1)!.max[0]!));
  panel.describe(
    lines.length === 0
      ? options.empty
      : `${options.title}: ${lines.map(({ label, values }) => `${label} up to ${text(values.levels.at(-1)!.max[0]!)}`).join(', ')}`,
  );
  panel.redraws(store, ['from', 'to', 'layout', 'theme'], draw);
  store.watch(['hover', 'time', 'theme'], () => {
    const time = store.now.hover ?? store.now.time;
    const entries = lines.map(({ label, ink, values, dashed }) => ({
      colour: inks()[ink],
      label,
      value: text(values.levels[0]!.sum[bucketAt(time, bucket, values)]!),
      dashed: dashed ?? false,
    }));
    panel.legend(entries);
  });
  return panel;

  function draw(frame: Frame): void {
    const { pen, height, left, right, x, ink } = frame;
    const { from, to } = store.now;
    const y = scaleLinear([bottom, bottom + (highest - bottom) * 1.08], [height - 2, 3]);
    if (lines.length === 0) {
      pen.fillStyle = ink.muted;
      pen.textBaseline = 'middle';
      pen.fillText(options.empty, left + 8, height / 2);
    }
    drawValueAxis(frame, y, y.ticks(3), text);
    pen.save();
    pen.beginPath();
    pen.rect(left, 0, right - left, height);
    pen.clip();
    for (const line of lines) {
      const { width, sum, max, min } = line.values.level(bucketsBetween(from, to, bucket), right - left);
      const { first, end: last, at } = levelWindow(width, sum.length, bucket, from, Math.min(to, end));
      pen.fillStyle = pen.strokeStyle = ink[line.ink];
      if (width > 1) {
        pen.globalAlpha = 0.3;
        pen.beginPath();
        for (let i = first; i < last; i++) pen.lineTo(x(at(i) + (width * bucket) / 2), y(max[i]!));
        for (let i = last - 1; i >= first; i--) pen.lineTo(x(at(i) + (width * bucket) / 2), y(min[i]!));
        pen.fill();
        pen.globalAlpha = 1;
      }
      pen.beginPath();
      pen.setLineDash(line.dashed ? [4, 3] : []);
      pen.lineWidth = 1.6;
      for (let i = first; i < last; i++) {
        const size = Math.min(width, line.values.levels[0]!.sum.length - i * width);
        const height = y(sum[i]! / size);
        pen.lineTo(x(at(i)), height);
        pen.lineTo(x(at(i + 1)), height);
      }
      pen.stroke();
    }
    pen.restore();
  }
}
