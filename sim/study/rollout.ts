import type { IntOrString } from '../cluster/api/meta.ts';
import type { Container } from '../cluster/api/pod.ts';
import type { Deployment } from '../cluster/api/workloads.ts';
import { preStopSeconds } from '../cluster/pre-stop.ts';
import { knownNames } from '../input/faults.ts';
import type { Scenario } from '../input/scenario.ts';
import { textValue } from './axis-values.ts';
import type { Conductor } from './conductor.ts';
import { NothingToAsk } from './nothing-to-ask.ts';
import type { Questions } from './plan.ts';
import type { PlannedPoint, PointResult } from './sweep.ts';
import { constraintFigures } from './sweep-report.ts';

/** How a Deployment is rolled out: what is tried; null: as its manifest has it. */
export interface RolloutSettings {
  readonly maxSurge: IntOrString | null;
  readonly maxUnavailable: IntOrString | null;
  /** Seconds that a Pod goes on serving after it was told to end, while everybody learns of it. */
  readonly preStop: number | null;
  /** Seconds from a container's start to its first readiness probe. */
  readonly readiness: number | null;
}

export interface RolloutOptions {
  /** `namespace/name` */
  readonly deployment: string;
  /** ns from the start. */
  readonly at: number;
  readonly strategies: readonly Pick<RolloutSettings, 'maxSurge' | 'maxUnavailable'>[];
  readonly preStops: readonly (number | null)[];
  readonly readiness: readonly (number | null)[];
}

/** Pods at least, as many more, half of them gone, one after the other. */
export const STRATEGIES: RolloutOptions['strategies'] = [
  { maxSurge: null, maxUnavailable: null },
  { maxSurge: '25%', maxUnavailable: 0 },
  { maxSurge: 1, maxUnavailable: 0 },
  { maxSurge: 0, maxUnavailable: 1 },
  { maxSurge: 0, maxUnavailable: '50%' },
];

/**
 * Without a rollout, with the one that the manifest describes, and with other settings, on the same arrivals; judged from the rollout's
 * start to the end. A point is a `kubectl rollout restart`. @throws NothingToAsk
 */
export function planRollout(scenario: Scenario, options: RolloutOptions, conductor: Conductor): PlannedPoint[] {
  const deployment = deploymentOf(scenario, options.deployment);
  const observation = { warmUp: 0, from: options.at, batches: false };
  const restart = { at: options.at, action: 'restart' as const, deployment: options.deployment };
  const timeline = [...scenario.timeline, restart].toSorted((a, b) => a.at - b.at);
  const calm: PlannedPoint = { values: named('no rollout', '', '', ''), point: conductor.point(scenario, observation) };
  const tried = options.strategies.flatMap((strategy) =>
    options.preStops.flatMap((preStop) => options.readiness.map((readiness) => ({ ...strategy, preStop, readiness }))),
  );
  const points = tried.map((settings): PlannedPoint => {
    const changed = withSettings(deployment, settings);
    const objects = scenario.objects.map((object) => (object === deployment ? changed : object));
    return {
      values: valuesOf(changed, settings),
      point: conductor.point({ ...scenario, objects, timeline }, observation),
    };
  });
  // What the manifest has is tried once.
  const seen = new Set<string>();
  const isNew = (point: PlannedPoint) => {
    const text = settingsText(point);
    return !seen.has(text) && seen.add(text);
  };
  return [calm, ...points.filter(isNew)];
}

function deploymentOf({ objects }: Scenario, key: string): Deployment {
  const all = objects.filter(({ kind }) => kind === 'Deployment') as Deployment[];
  const found = all.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key);
  if (found === undefined) {
    const names = all.map(({ metadata }) => metadata.name);
    throw new NothingToAsk(`there is no Deployment ${key}`, knownNames(key, names, 'one of'));
  }
  if (found.spec.strategy.type !== 'RollingUpdate') {
    throw new NothingToAsk(`${key} is replaced all at once (strategy Recreate)`, {
      fix: 'set spec.strategy.type: RollingUpdate',
    });
  }
  return found;
}

function withSettings(
  deployment: Deployment,
  { maxSurge, maxUnavailable, preStop, readiness }: RolloutSettings,
): Deployment {
  const { spec } = deployment;
  const pod = spec.template.spec;
  const own = spec.strategy.rollingUpdate!;
  const rollingUpdate = { maxSurge: maxSurge ?? own.maxSurge, maxUnavailable: maxUnavailable ?? own.maxUnavailable };
  const containers = pod.containers.map((container): Container => {
    const { lifecycle, readinessProbe } = container;
    const { preStop: _, ...others } = lifecycle ?? {};
    return {
      ...container,
      ...(preStop !== null && {
        lifecycle: preStop === 0 ? others : { ...others, preStop: { sleep: { seconds: preStop } } },
      }),
      ...(readiness !== null &&
        readinessProbe !== undefined && { readinessProbe: { ...readinessProbe, initialDelaySeconds: readiness } }),
    };
  });
  // A Pod that is killed while it still waits would prove nothing.
  const grace = Math.max(pod.terminationGracePeriodSeconds, (preStop ?? 0) + 15);
  const template = { ...spec.template, spec: { ...pod, containers, terminationGracePeriodSeconds: grace } };
  return { ...deployment, spec: { ...spec, strategy: { ...spec.strategy, rollingUpdate }, template } };
}

function valuesOf({ spec }: Deployment, { maxSurge, maxUnavailable, preStop, readiness }: RolloutSettings) {
  const [container] = spec.template.spec.containers;
  const { rollingUpdate } = spec.strategy;
  const isOwn = maxSurge === null && maxUnavailable === null && preStop === null && readiness === null;
  const seconds = (value: number | undefined) => (value === undefined ? 'none' : `${value}s`);
  return named(
    isOwn ? 'as it is' : 'tried',
    `${rollingUpdate!.maxSurge} / ${rollingUpdate!.maxUnavailable}`,
    seconds(preStopSeconds(container!) ?? (container!.lifecycle?.preStop === undefined ? 0 : undefined)),
    seconds(container!.readinessProbe?.initialDelaySeconds),
  );
}

function named(rollout: string, strategy: string, preStop: string, readiness: string) {
  return {
    rollout: textValue(rollout),
    'maxSurge / maxUnavailable': textValue(strategy),
    preStop: textValue(preStop),
    'readiness delay': textValue(readiness),
  };
}

/** The first sentence: does the rollout as it is break the objectives, and which settings are safe. */
export function rolloutAnswer(name: string, questions: Questions, points: readonly PointResult[]): string {
  const goal = questions.constraints.map(({ text }) => text).join(' and ');
  const [calm, ...rollouts] = points;
  if (calm === undefined || rollouts.length === 0) return 'No rollout is finished.';
  if (calm.sample.verdicts.includes('fails')) {
    return `Even without a rollout ${goal} does not hold (${constraintFigures(questions, calm.sample)}): no rollout is safe at this load.`;
  }
  const safe = rollouts.filter(({ sample }) => sample.verdicts.every((verdict) => verdict === 'holds'));
  const own = rollouts.find(({ values }) => values.rollout!.text === 'as it is');
  const settings = safe.filter((point) => point !== own).map(settingsText);
  const others = `${settings.slice(0, 3).join('; ')}${settings.length > 3 ? `; and ${settings.length - 3} more` : ''}`;
  const safeText = settings.length === 0 ? 'no other setting that was tried is safe' : `safe: ${others}`;
  if (own === undefined)
    return `Of ${rollouts.length} ways to roll ${name} out, ${safe.length} keep ${goal}; ${safeText}.`;
  const verdict = own.sample.verdicts.includes('fails')
    ? 'breaks'
    : safe.includes(own)
      ? 'keeps'
      : 'is not shown to keep or to break';
  return `A rollout of ${name} as it is (${settingsText(own)}) ${verdict} ${goal} (${constraintFigures(questions, own.sample)}); ${safeText}.`;
}

function settingsText({ values }: Pick<PlannedPoint, 'values'>): string {
  return `maxSurge / maxUnavailable ${values['maxSurge / maxUnavailable']!.text}, preStop ${values.preStop!.text}, readiness delay ${values['readiness delay']!.text}`;
}
