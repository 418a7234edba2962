import type { HorizontalPodAutoscaler } from '../cluster/api/autoscaling.ts';
import type { Deployment } from '../cluster/api/workloads.ts';
import { Faults, knownNames } from '../input/faults.ts';
import type { OpenScenario } from '../input/load.ts';
import { scaleLoad } from '../input/scale.ts';
import type { Scenario } from '../input/scenario.ts';
import { toValue } from '../input/tree.ts';
import type { Setting } from '../input/variant.ts';
import type { AxisValue, Values } from './study.ts';

type Change = (scenario: Scenario) => Scenario;

/**
 * The scenario of a point. `load` multiplies the arrivals of all sources, `load.SOURCE` those of one; `replicas` sets those of the only Deployment,
 * `replicas.NAME` of one of several, and pins its autoscaler, if it has one, to the same number; everything else is a path, as a
 * variant sets it. @throws InputError with every fault that the values make
 */
export function scenarioAt(open: OpenScenario, values: Values, duration: number | null): Scenario {
  const faults = new Faults();
  const settings: Setting[] = [];
  const changes: Change[] = [];
  for (const [name, value] of Object.entries(values)) {
    const change = changeOf(name, value, open.base, faults);
    if (change !== null) changes.push(change);
    else settings.push({ path: name, value: value.tree, place: value.tree.place, at: ['vary', name] });
  }
  faults.throwIfAny();
  const set = settings.length === 0 ? open.base : open.withValues(settings);
  const scenario = changes.reduce((changing, change) => change(changing), set);
  return duration === null ? scenario : lasting(scenario, duration);
}

/** @returns null: it is a path */
function changeOf(name: string, value: AxisValue, base: Scenario, faults: Faults): Change | null {
  const [word, of] = wordsOf(name);
  const fail = (text: string, advice = {}) => {
    faults.error(value.tree.place, ['vary', name], text, advice);
    return (scenario: Scenario) => scenario;
  };
  if (word === 'load') {
    const sources = base.traffic.map((source) => source.name);
    if (of !== null && !sources.includes(of)) {
      return fail(`there is no traffic "${of}"`, knownNames(of, sources, 'a name under traffic'));
    }
    const factor = Number(String(toValue(value.tree)).replace(/x$/, ''));
    if (!(factor > 0 && factor <= 1e6)) {
      return fail(`"${value.text}" is no load`, { expected: 'times the load of the scenario, above 0: 2x, 0.5x' });
    }
    return (scenario) => scaleLoad(scenario, factor, of);
  }
  if (word === 'replicas') {
    const known = scalableOf(base);
    const found = of === null ? known : known.filter((key) => key === of || key.endsWith(`/${of}`));
    if (found.length !== 1) {
      const names = known.map((key) => `replicas.${key.slice(key.indexOf('/') + 1)}`);
      const text =
        of === null ? 'which replicas? there are several Deployments' : `there is no Deployment or StatefulSet "${of}"`;
      return fail(
        known.length === 0 ? 'there is no Deployment to set replicas of' : text,
        knownNames(name, names, 'one of'),
      );
    }
    const replicas = toValue(value.tree);
    if (!Number.isSafeInteger(replicas) || (replicas as number) < 0 || (replicas as number) > 150_000) {
      return fail(`"${value.text}" is no number of replicas`, { expected: 'a whole number from 0 to 150000' });
    }
    return (scenario) => withReplicas(scenario, found[0]!, replicas as number);
  }
  return null;
}

function wordsOf(name: string): [word: string, of: string | null] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, null] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** `namespace/name` of the Deployments and StatefulSets. */
export function scalableOf({ objects }: Scenario): string[] {
  return objects
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

/** Its replicas, and its autoscaler's bounds: a study sets what an autoscaler would move. @param key `namespace/name` */
export function withReplicas(scenario: Scenario, key: string, replicas: number): Scenario {
  const [namespace, name] = key.split('/');
  const objects = scenario.objects.map((object) => {
    const { kind, metadata } = object;
    if (metadata.namespace !== namespace) return object;
    if ((kind === 'Deployment' || kind === 'StatefulSet') && metadata.name === name) {
      const { spec } = object as Deployment;
      return { ...object, spec: { ...spec, replicas } };
    }
    if (kind === 'HorizontalPodAutoscaler') {
      const { spec } = object as HorizontalPodAutoscaler;
      if (spec.scaleTargetRef.name !== name) return object;
      const bound = Math.max(1, replicas);
      return { ...object, spec: { ...spec, minReplicas: bound, maxReplicas: bound } };
    }
    return object;
  });
  return { ...scenario, objects };
}

/** Entries of the timeline that come later stay away. */
function lasting(scenario: Scenario, duration: number): Scenario {
  return { ...scenario, duration, timeline: scenario.timeline.filter(({ at }) => at <= duration) };
}
