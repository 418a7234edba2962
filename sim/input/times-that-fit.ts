import { formatDuration, parseDuration } from '../cluster/duration.ts';
import { type Faults, knownNames } from './faults.ts';
import type { Distribution } from './scenario.ts';
import type { CheckedScenario } from './scenario-schema.ts';
import { child, type Path, placeOf, type Tree, textAt } from './tree.ts';
import type { World } from './world.ts';

/** Fewer ns than this between two requests of one source would take hours to simulate a minute. */
const SHORTEST_GAP = 1000;

type Warn = (path: Path, text: string, fix?: string) => void;

/** Warns of what never comes, never ends or meets nobody: arrivals, and entries of the timeline. */
export function warnOfTimes(scenario: CheckedScenario, tree: Tree, world: World, faults: Faults, warn: Warn): void {
  warnOfArrivals(scenario, tree, faults, warn);
  warnOfTimeline(scenario, tree, world, faults, warn);
}

function warnOfArrivals({ traffic, duration }: CheckedScenario, tree: Tree, faults: Faults, warn: Warn): void {
  traffic.forEach(({ arrivals }, i) => {
    const path = ['traffic', i, 'arrivals'];
    if (arrivals.kind === 'renewal' && typicalOf(arrivals.gap) < SHORTEST_GAP) {
      const text = 'these arrivals do not end: the gaps between them are shorter than a microsecond';
      faults.error(placeOf(tree, path), path, text, { expected: 'at most a million requests per second' });
    }
    if (arrivals.kind === 'users' && typicalOf(arrivals.think) < SHORTEST_GAP && arrivals.afterFailure < SHORTEST_GAP) {
      const text = 'users who neither think nor wait after a failure: what fails at once is asked again without end';
      warn([...path, 'users'], text, 'set afterFailure to 1s, or think to more than 0s');
    }
    const begins = firstOf(arrivals);
    if (begins >= duration)
      warn(path, `the first of these requests would come at ${formatDuration(begins)}, after the end of the run`);
  });
}

/** When the first may come, ns, of those that wait for a moment. */
function firstOf(arrivals: CheckedScenario['traffic'][number]['arrivals']): number {
  if (arrivals.kind === 'batch') return arrivals.at;
  return arrivals.kind === 'replay' ? (arrivals.times[0] ?? 0) : 0;
}

/** Its mean, or for a heavy tail a time that is no longer, ns. */
export function typicalOf(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
      return (distribution.min + distribution.max) / 2;
    case 'hyperexponential':
      return meanOf(distribution.branches.map(({ weight, mean }) => [weight, mean]));
    case 'weibull':
      return distribution.scale;
    case 'pareto':
      return distribution.min;
    case 'discrete':
      return meanOf(distribution.values.map(({ weight, value }) => [weight, value]));
    default:
      return distribution.mean;
  }
}

function meanOf(weighted: [number, number][]): number {
  const total = weighted.reduce((sum, [weight]) => sum + weight, 0);
  return weighted.reduce((sum, [weight, value]) => sum + (weight / total) * value, 0);
}

/** The checked entries are sorted and cut at the end of the run: the tree tells what was written. */
function warnOfTimeline(
  { cluster, duration }: CheckedScenario,
  tree: Tree,
  world: World,
  faults: Faults,
  warn: Warn,
): void {
  const timeline = child(tree, 'timeline');
  if (timeline?.type !== 'list') return;
  const zones = new Set(cluster.nodeGroups.flatMap((group) => group.zones));
  // Nodes of the manifests have zones of their own.
  const areZonesKnown = (world.objects.get('Node')?.size ?? 0) === 0;
  timeline.items.forEach((entry, i) => {
    const path = ['timeline', i];
    const at = parseDuration(textAt(entry, 'at')!);
    const length = textAt(entry, 'for');
    const isRepeated = child(entry, 'random') !== undefined;
    const end = at + (length === undefined ? 0 : parseDuration(length));
    if (end > duration && !isRepeated) {
      const text = `this would last until ${formatDuration(end)}, and the run ends at ${formatDuration(duration)}: it is never undone`;
      warn([...path, 'for'], text, 'leave it out if that is meant');
    }
    const mtbf = textAt(entry, 'random', 'mtbf');
    if (mtbf !== undefined && parseDuration(mtbf) > duration - at)
      warn([...path, 'random', 'mtbf'], 'this is longer than what is left of the run: most likely it never comes');
    for (const action of ['fail', 'degrade', 'stuckProxy', 'cutOff']) {
      const zone = textAt(entry, action, 'zone');
      if (zone === undefined || !areZonesKnown || zones.has(zone)) continue;
      const where = [...path, action, 'zone'];
      const text = `there is no node in zone "${zone}": nothing happens`;
      faults.warning(placeOf(tree, where), where, text, knownNames(zone, zones, 'one of the zones'));
    }
  });
}
