import { scaleLinear } from 'd3';
import type { Pyramid } from '../../sim/trace/pyramid.ts';
import { digits, percentText } from '../clock-text.ts';
import type { Demand } from '../data/demand.ts';
import { OUTCOME_GROUPS } from '../data/outcome-groups.ts';
import { type InkName, inks } from '../inks.ts';
import type { ViewStore } from '../view-store.ts';
import { bucketsBetween, levelWindow } from './level-window.ts';
import { drawValueAxis, type Frame, TimePanel } from './time-panel.ts';

/** User requests per second, stacked by outcome: their sum is what was asked for, drawn as a line. */
export function outcomesChart(store: ViewStore, demand: Demand, bucket: number, end: number): TimePanel {
  const missing = demand.totalSent - demand.totalEnded;
  const balance =
    missing === 0
      ? 'sum = sent ✓'
      : `${digits(Math.abs(missing))} ${missing > 0 ? 'have no outcome' : 'outcomes too many'}`;
  const panel = new TimePanel('User requests by outcome', `per second · ${balance}`, 104);
  const seconds = bucket / 1e9;
  const peak = Math.max(...demand.sent.levels[0]!.sum, 1) / seconds;
  panel.describe(
    `User requests per second by outcome, up to ${digits(peak)}. ${percentText(demand.successRatio)} of all ended well.`,
  );
  panel.redraws(store, ['from', 'to', 'layout', 'theme'], draw);
  store.watch(['hover', 'time', 'theme'], () => {
    const at = bucketAt(store.now.hover ?? store.now.time, bucket, demand.sent);
    const rate = (pyramid: Pyramid) => digits(pyramid.levels[0]!.sum[at]! / seconds);
    panel.legend([
      ...demand.present.map((group) => ({
        colour: inks()[OUTCOME_GROUPS[group]!.key as InkName],
        label: OUTCOME_GROUPS[group]!.label,
        value: rate(demand.ended[group]!),
      })),
      { colour: inks().text, label: 'sent', value: rate(demand.sent) },
    ]);
  });
  return panel;

  function draw(frame: Frame): void {
    const { pen, height, left, right, x, ink } = frame;
    const { from, to } = store.now;
    const pixels = right - left;
    const sent = demand.sent.level(bucketsBetween(from, to, bucket), pixels);
    const { first, end: last, at } = levelWindow(sent.width, sent.sum.length, bucket, from, Math.min(to, end));
    const perSecond = 1 / (seconds * sent.width);
    let top = 1;
    for (let i = first; i < last; i++) top = Math.max(top, sent.sum[i]! * perSecond);
    const y = scaleLinear([0, top * 1.06], [height - 1, 2]);
    drawValueAxis(frame, y, y.ticks(3), digits);
    pen.save();
    pen.beginPath();
    pen.rect(left, 0, pixels, height);
    pen.clip();
    const ground = new Float64Array(last - first);
    for (const group of demand.present) {
      const { sum } = demand.ended[group]!.level(bucketsBetween(from, to, bucket), pixels);
      pen.beginPath();
      for (let i = first; i < last; i++) {
        const above = y((ground[i - first]! + sum[i]!) * perSecond);
        pen.lineTo(x(at(i)), above);
        pen.lineTo(x(at(i + 1)), above);
      }
      for (let i = last - 1; i >= first; i--) {
        const below = y(ground[i - first]! * perSecond);
        pen.lineTo(x(at(i + 1)), below);
        pen.lineTo(x(at(i)), below);
        ground[i - first] = ground[i - first]! + sum[i]!;
      }
      pen.fillStyle = ink[OUTCOME_GROUPS[group]!.key as InkName];
      pen.fill();
      pen.strokeStyle = ink.panel; // a hairline between neighbours that are alike
      pen.lineWidth = 0.6;
      pen.stroke();
    }
    pen.beginPath();
    for (let i = first; i < last; i++) {
      pen.lineTo(x(at(i)), y(sent.sum[i]! * perSecond));
      pen.lineTo(x(at(i + 1)), y(sent.sum[i]! * perSecond));
    }
    pen.strokeStyle = ink.text;
    pen.lineWidth = 1;
    pen.stroke();
    pen.restore();
  }
}

/** The finest bucket that an instant is in. */
export function bucketAt(time: number, bucket: number, pyramid: Pyramid): number {
  return Math.min(pyramid.levels[0]!.sum.length - 1, Math.max(0, Math.ceil(time / bucket) - 1));
}
