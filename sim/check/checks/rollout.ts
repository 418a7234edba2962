import type { Deployment } from '../../cluster/api/workloads.ts';
import {
  mostUnavailable,
  type RolledSet,
  rolloutBounds,
  rolloutPass,
  UnreadableShare,
} from '../../control/workloads/rolling-update.ts';
import { count, section } from '../../input/scenario-fields.ts';
import { defineCheck, judge } from '../check.ts';
import { integer, item, truth } from '../match/pattern.ts';
import { namespacedName, objectOf } from './object-of.ts';

const expectation = item({
  maxSurge: integer,
  maxUnavailable: integer,
  neverBelowAvailable: integer,
  neverAboveTotal: integer,
  error: truth,
});

/** More passes than any rollout takes that moves at all. */
const MOST_PASSES = 100_000;

/** The rollout of a Deployment's template over an older one, pass by pass of the controller. */
export const rolloutCheck = defineCheck({
  name: 'rollout',
  fields: section({
    deployment: namespacedName,
    from: count(0),
    availableAfterPasses: count(0).nullable().default(1),
  }),
  expect: expectation.schema,
  title: ({ deployment, from }) => `rollout ${deployment} from ${from}`,
  run: (world, { deployment: key, from, availableAfterPasses }, expect) => {
    const deployment = objectOf(world, 'Deployment', key);
    try {
      const { actual, why } = rollOut(deployment, from, availableAfterPasses);
      return judge(expectation, expect, actual, why);
    } catch (error) {
      if (!(error instanceof UnreadableShare)) throw error;
      return judge(expectation, expect, { error: true }, [error.message]);
    }
  },
  refused: (_, expect, refusals) =>
    (expect as { error?: boolean }).error === true
      ? judge(
          expectation,
          expect,
          { error: true },
          refusals.map(({ path, text }) => `refused: ${path}: ${text}`),
        )
      : undefined,
});

function rollOut({ spec }: Deployment, from: number, availableAfterPasses: number | null) {
  const { replicas: desired, strategy } = spec;
  if (strategy.type === 'Recreate' && !spec.paused) return recreate(desired, from);
  const { maxSurge = 0, maxUnavailable = 0 } = strategy.rollingUpdate ?? {};
  const bounds = rolloutBounds(maxSurge, maxUnavailable, desired);
  // The one that may be missing where neither number leaves room is told of no replicas at all, too.
  const isForced = bounds.maxSurge === 0 && bounds.maxUnavailable === 1;
  const settings = { maxSurge: bounds.maxSurge, maxUnavailable: isForced ? 1 : mostUnavailable(bounds, desired) };
  if (spec.paused) return onlyScaled(desired, from, settings);
  const old: RolledSet = { replicas: from, available: from };
  const newSet: RolledSet = { replicas: 0, available: 0 };
  /** New Pods by the pass that made them. */
  const made: number[] = [];
  let [least, most] = [from, from];
  let idle = 0;
  let pass = 0;
  for (; pass < MOST_PASSES && idle <= (availableAfterPasses ?? 0) + 1; pass++) {
    const before = newSet.replicas;
    newSet.available =
      availableAfterPasses === null ? 0 : made.filter((at) => at + availableAfterPasses <= pass).length;
    const moved = rolloutPass(desired, bounds, newSet, [old]);
    idle = moved ? 0 : idle + 1;
    for (let i = before; i < newSet.replicas; i++) made.push(pass);
    old.available = Math.min(old.available, old.replicas);
    least = Math.min(least, old.available + newSet.available);
    most = Math.max(most, old.replicas + newSet.replicas);
  }
  return {
    actual: {
      ...settings,
      neverBelowAvailable: least,
      neverAboveTotal: most,
      error: false,
    },
    why: [
      `of ${desired} replicas, surge ${maxSurge} is ${bounds.maxSurge} and unavailable ${maxUnavailable} is ${bounds.maxUnavailable}`,
      `after ${pass} passes there are ${newSet.replicas} new and ${old.replicas} old replicas`,
    ],
  };
}

/** No new template is rolled out; replicas are followed all the same. @source deployment/sync.go sync */
function onlyScaled(desired: number, from: number, settings: { maxSurge: number; maxUnavailable: number }) {
  const actual = {
    ...settings,
    neverBelowAvailable: Math.min(desired, from),
    neverAboveTotal: Math.max(desired, from),
    error: false,
  };
  return { actual, why: ['the Deployment is paused: it is scaled, and nothing is rolled out'] };
}

/** All old Pods go before a new one comes. */
function recreate(desired: number, from: number) {
  return {
    actual: {
      maxSurge: 0,
      maxUnavailable: 0,
      neverBelowAvailable: 0,
      neverAboveTotal: Math.max(desired, from),
      error: false,
    },
    why: ['Recreate: all old Pods are gone before the first new one is made'],
  };
}
