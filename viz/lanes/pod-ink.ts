import { interpolateRgb } from 'd3';
import { hatch } from '../canvas.ts';
import type { PodPhase } from '../data/world.ts';
import type { Inks } from '../inks.ts';

/** What a Pod looks like at an instant: its phase, or an address of its that is dead and still used. */
export type PodState = PodPhase | 'ghost';

/** From best to worst: where several share a pixel the worst is seen. */
export const STATES_BY_BADNESS: readonly PodState[] = [
  'ready',
  'pending',
  'starting',
  'terminating',
  'notReady',
  'ghost',
];

export const STATE_LABELS: Readonly<Record<PodState, string>> = {
  ready: 'ready, faint when idle',
  pending: 'pending',
  starting: 'starting',
  notReady: 'not ready',
  terminating: 'terminating',
  gone: 'gone',
  ghost: 'gone, still sent to',
};

/** Fill of a state: a colour, and stripes where it is in between or worse. */
export function stateFill(pen: CanvasRenderingContext2D, state: PodState, ink: Inks): string | CanvasPattern {
  switch (state) {
    case 'ready':
      return ink.ok;
    case 'pending':
      return ink.idle;
    case 'starting':
      return hatch(pen, ink.retried);
    case 'notReady':
      return ink.timeout;
    case 'terminating':
      return ink.wrong;
    case 'ghost':
      return hatch(pen, ink.error);
    case 'gone':
      return 'transparent';
  }
}

const SHADES = 6;

/** Colours of a ready Pod from idle to busy; `shadeOf` picks one. */
export function readyShades(ink: Inks): string[] {
  const ramp = interpolateRgb(ink['ready-idle'], ink['ready-busy']);
  return Array.from({ length: SHADES }, (_, i) => ramp(i / (SHADES - 1)));
}

/** @param utilisation 0 to 1 */
export function shadeOf(utilisation: number): number {
  return Math.min(SHADES - 1, Math.floor(utilisation * SHADES));
}
