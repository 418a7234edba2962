import { mix } from '../../../engine/hash.ts';
import type { StrategyKind, View } from '../../strategy.ts';
import { FewestInTurn, Listed, Turns } from '../lists.ts';

/**
 * The backends of one client: clients come in rounds, each of as many as there are subsets; within a round every backend has one
 * client, those left over by the division aside. Each round shuffles the backends anew, by its number.
 * @param size of a subset; without as many backends all are in it
 * @source Site Reliability Engineering (2016), chapter 20, "Deterministic subsetting"
 */
export function deterministicSubset(backends: Int32Array, client: number, size: number): Int32Array {
  const subsets = Math.floor(backends.length / size);
  if (subsets === 0) return backends;
  const round = Math.floor(client / subsets);
  const shuffled = backends.slice();
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = (mix(round + 1, i) >>> 0) % (i + 1);
    const moved = shuffled[i]!;
    shuffled[i] = shuffled[j]!;
    shuffled[j] = moved;
  }
  const start = (client % subsets) * size;
  return shuffled.slice(start, start + size);
}

function subsetOf(view: View, size: number): Int32Array {
  return deterministicSubset(view.members.slice(0, view.count), view.instance, Math.max(1, size));
}

export const deterministicRoundRobin: StrategyKind<{ size: number }> = {
  name: 'deterministic-subset',
  title: 'round robin over a subset of the backends that is worked out so that all backends have as many clients',
  knows: 'nothing',
  runs: 'client',
  source: 'Site Reliability Engineering (2016), chapter 20',
  options: { size: 20 },
  create: (view, { size }) => new Listed(new Turns(view), () => subsetOf(view, size)),
};

export const deterministicLeastRequest: StrategyKind<{ size: number }> = {
  name: 'deterministic-subset-least-request',
  title:
    'fewest requests in flight, in turn among equals, of a subset that is worked out so that all backends have as many clients',
  knows: 'localCounts',
  runs: 'client',
  source: 'Site Reliability Engineering (2016), chapter 20, "Least-Loaded Round Robin"',
  options: { size: 20 },
  create: (view, { size }) => new Listed(new FewestInTurn(view), () => subsetOf(view, size)),
};
