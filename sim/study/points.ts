import { Streams } from '../engine/random.ts';
import { BadValues, scalar } from './axis-values.ts';
import type { Study, Values } from './study.ts';

/** A grid this large is surely a slip. */
const MOST = 100_000;

/** The points of a study, in order: of a grid the last parameter moves fastest. @throws BadValues */
export function pointsOf({ axes, combine, list, randomPoints, seed }: Study): Values[] {
  switch (combine) {
    case 'list':
      return list.map((each) => ({ ...each }));
    case 'zip': {
      const lengths = axes.map(({ values }) => values.length);
      if (new Set(lengths).size > 1) {
        const counts = axes.map(({ name, values }) => `${name} has ${values.length}`).join(', ');
        throw new BadValues(`zip takes as many values of each parameter: ${counts}`);
      }
      return Array.from({ length: lengths[0] ?? 1 }, (_, i) =>
        Object.fromEntries(axes.map(({ name, values }) => [name, values[i]!])),
      );
    }
    case 'random': {
      const stream = new Streams(seed ?? 1).stream('points of a study');
      return Array.from({ length: randomPoints }, () =>
        Object.fromEntries(
          axes.map(({ name, values, between }) => {
            const draw = stream.uniform();
            if (between === null) return [name, values[Math.floor(draw * values.length)]!];
            const [low, high] = between;
            const isWhole = Number.isInteger(low) && Number.isInteger(high);
            const value = isWhole ? low + Math.floor(draw * (high - low + 1)) : low + draw * (high - low);
            return [name, scalar(Number(value.toPrecision(6)), values[0]!.tree.place)];
          }),
        ),
      );
    }
    case 'grid': {
      const count = axes.reduce((product, { values }) => product * values.length, 1);
      if (count > MOST) throw new BadValues(`the grid has ${count} points; the most is ${MOST}`);
      return axes.reduce<Values[]>(
        (points, { name, values }) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
        [{}],
      );
    }
  }
}

/** `load=2x, replicas=8`; of a study without parameters `as it stands`. */
export function nameOfPoint(values: Values): string {
  const parts = Object.entries(values).map(([name, { text }]) => `${name}=${text}`);
  return parts.length === 0 ? 'as it stands' : parts.join(', ');
}
