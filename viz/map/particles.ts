import { groupOf, OUTCOME_GROUPS } from '../data/outcome-groups.ts';
import type { InkName, Inks } from '../inks.ts';
import type { Point, Route } from './routes.ts';

/** No more are on the map at once. */
const MOST = 600;
/** A way takes so long, whatever the speed of the run, ms. */
const TRAVEL_MS = 1_500;
/** What ends at a dead address or in failure fades for so long, ms. */
const FADE_MS = 450;

const TIMEOUT = groupOf('connectTimeout');

interface Particle {
  route: Route;
  group: number;
  /** ms since it left; 0 ≤ age < TRAVEL_MS + FADE_MS */
  age: number;
  isSwallowed: boolean;
}

/** Dots that stand for requests: a circle ended well, a diamond badly. How many requests a dot is follows from the load. */
export class Particles {
  #alive: Particle[] = [];
  #owed = new Map<Route, Float64Array>();
  /** Attempts per dot, a round number. */
  perDot = 1;

  /** Moves all on by `elapsed` ms and lets new ones leave, by the rates of the routes. */
  advance(elapsed: number, routes: readonly Route[], isDead: (target: number) => boolean): void {
    for (const particle of this.#alive) particle.age += elapsed;
    this.#alive = this.#alive.filter(({ age }) => age < TRAVEL_MS + FADE_MS);
    const total = routes.reduce((sum, { flow, share }) => sum + flow.rate * share, 0);
    this.perDot = roundUp((total * (TRAVEL_MS + FADE_MS)) / 1000 / (MOST * 0.75));
    const dots = elapsed / 1000 / this.perDot;
    for (const route of routes) {
      let owed = this.#owed.get(route);
      if (owed === undefined) {
        owed = Float64Array.from({ length: OUTCOME_GROUPS.length }, () => Math.random()); // so that they do not leave in step
        this.#owed.set(route, owed);
      }
      for (let group = 0; group < owed.length; group++) {
        owed[group] = Math.min(3, owed[group]! + route.flow.rates[group]! * route.share * dots);
        for (; owed[group]! >= 1; owed[group] = owed[group]! - 1) {
          if (this.#alive.length >= MOST) continue;
          const isSwallowed = group === TIMEOUT && isDead(route.flow.target);
          this.#alive.push({ route, group, age: Math.random() * elapsed, isSwallowed });
        }
      }
    }
  }

  clear(): void {
    this.#alive = [];
    this.#owed.clear();
  }

  draw(pen: CanvasRenderingContext2D, ink: Inks): void {
    for (const { route, group, age, isSwallowed } of this.#alive) {
      const { failed, key } = OUTCOME_GROUPS[group]!;
      const fade = Math.max(0, (age - TRAVEL_MS) / FADE_MS);
      if (fade > 0 && !failed) continue;
      const at = pointOn(route.path, Math.min(1, age / TRAVEL_MS));
      pen.fillStyle = ink[key as InkName];
      pen.strokeStyle = ink.edge;
      pen.lineWidth = 0.75;
      const size = isSwallowed ? 3.2 * (1 - fade) : 2.4;
      pen.globalAlpha = isSwallowed ? 1 : 1 - fade;
      pen.beginPath();
      if (failed) {
        const drop = isSwallowed ? 0 : fade * 9;
        pen.moveTo(at.x, at.y - size - 0.8 + drop);
        pen.lineTo(at.x + size + 0.8, at.y + drop);
        pen.lineTo(at.x, at.y + size + 0.8 + drop);
        pen.lineTo(at.x - size - 0.8, at.y + drop);
        pen.closePath();
      } else pen.arc(at.x, at.y, 2.2, 0, 2 * Math.PI);
      pen.fill();
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }
}

function pointOn(path: readonly Point[], share: number): Point {
  const place = share * (path.length - 1);
  const i = Math.min(path.length - 2, Math.floor(place));
  if (i < 0) return path[0]!;
  const [from, to] = [path[i]!, path[i + 1]!];
  return { x: from.x + (to.x - from.x) * (place - i), y: from.y + (to.y - from.y) * (place - i) };
}

/** The next of 1, 2, 5, 10, 20, 50… */
function roundUp(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value)!;
}
