import type { PodLoad } from '../data/load.ts';
import type { Pod, World } from '../data/world.ts';
import type { Inks } from '../inks.ts';
import type { MapLayout } from './layout.ts';
import type { Route } from './routes.ts';

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
