import { z } from 'zod';
import type { HorizontalPodAutoscaler, MetricSpec } from '../../cluster/api/autoscaling.ts';
import { parseQuantityMilli } from '../../cluster/quantity.ts';
import {
  NoMetrics,
  type PodMetric,
  proposeByAverage,
  proposeByUtilization,
  proposeByValue,
  proposeByValuePerPod,
  type Standing,
  type Tolerance,
} from '../../control/autoscaling/replica-calculator.ts';
import { limitRate, type Recommendation, type ScaleEvent, stabilise } from '../../control/autoscaling/scaling-rules.ts';
import { count, section } from '../../input/scenario-fields.ts';
import { defineCheck, judge } from '../check.ts';
import { integer, item, text, truth } from '../match/pattern.ts';
import { namespacedName, objectOf } from './object-of.ts';

const changes = z.array(section({ change: count(0), secondsAgo: z.number().min(0) })).default([]);

const row = section({
  name: z.string(),
  requestMilli: count(0).default(0),
  usageMilli: count(0).nullable().default(null),
  ready: z.boolean().default(true),
  deleting: z.boolean().default(false),
  initializing: z.boolean().default(false),
  phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']).default('Running'),
});

const fields = section({
  hpa: namespacedName,
  currentReplicas: count(0),
  tolerance: z.number().min(0).max(1).optional(),
  pods: z.array(row).optional(),
  metricValueMilli: count(0).optional(),
  desiredByMetrics: count(0).optional(),
  scaleUpEvents: changes,
  scaleDownEvents: changes,
  recommendations: z.array(section({ replicas: count(0), secondsAgo: z.number().min(0) })).optional(),
}).refine(
  ({ pods, metricValueMilli, desiredByMetrics }) => (pods ?? metricValueMilli ?? desiredByMetrics) !== undefined,
  'needs pods, metricValueMilli or desiredByMetrics',
);

type Fields = z.output<typeof fields>;
type Row = z.output<typeof row>;

const expectation = item({ desiredReplicas: integer, condition: text, error: truth });

/** The replicas that an autoscaler wants: by its metrics, or, given what these ask for, by its windows, rates and bounds. */
export const autoscalerCheck = defineCheck({
  name: 'autoscaler',
  fields,
  expect: expectation.schema,
  title: ({ hpa }) => `autoscaler ${hpa}`,
  run: (world, given, expect) => {
    const hpa = objectOf(world, 'HorizontalPodAutoscaler', given.hpa);
    const { actual, why } =
      given.desiredByMetrics === undefined
        ? byMetrics(hpa, given, world.settings.hpa.tolerance)
        : byRules(hpa, given, given.desiredByMetrics);
    return judge(expectation, expect, actual, why);
  },
});

interface Answer {
  actual: { desiredReplicas: number; condition?: string; error?: boolean };
  why: string[];
}

/** The calculation alone: neither windows nor bounds. */
function byMetrics(hpa: HorizontalPodAutoscaler, given: Fields, byDefault: number): Answer {
  const { behavior } = hpa.spec;
  const share = given.tolerance ?? byDefault;
  const own = (quantity: string | number | undefined) => (quantity === undefined ? share : milli(quantity) / 1000);
  const tolerance = { up: own(behavior?.scaleUp.tolerance), down: own(behavior?.scaleDown.tolerance) };
  const why: string[] = [];
  let best: number | null = null;
  for (const metric of hpa.spec.metrics) {
    try {
      const { replicas, current } = propose(metric, given, tolerance);
      why.push(`${metric.type} metric: ${current} now; asks for ${replicas} replicas (${given.currentReplicas} now)`);
      best = Math.max(best ?? 0, replicas);
    } catch (error) {
      if (!(error instanceof NoMetrics)) throw error;
      why.push(`${metric.type} metric: ${error.message}; nothing changes`);
    }
  }
  return { actual: { desiredReplicas: best ?? given.currentReplicas, error: best === null }, why };
}

function propose(metric: MetricSpec, given: Fields, tolerance: Tolerance) {
  const { type, resource, containerResource, pods: perPod, object, external } = metric;
  const { currentReplicas: current } = given;
  const measured = resource ?? containerResource;
  if (measured !== undefined) {
    const rows = rowsOf(given, measured.name === 'cpu');
    const { averageUtilization, averageValue } = measured.target;
    return averageUtilization === undefined
      ? proposeByAverage(rows, current, milli(averageValue), tolerance)
      : proposeByUtilization(rows, current, averageUtilization, tolerance);
  }
  const { target } = (perPod ?? object ?? external)!;
  if (type === 'Pods') return proposeByAverage(rowsOf(given, false), current, milli(target.averageValue), tolerance);
  const { metricValueMilli } = given;
  if (metricValueMilli === undefined) throw new NoMetrics(`no metricValueMilli is given for the ${type} metric`);
  if (target.averageValue !== undefined) {
    return proposeByValuePerPod(metricValueMilli, milli(target.averageValue), current, tolerance);
  }
  const ready = given.pods?.filter((pod) => pod.phase === 'Running' && pod.ready).length ?? current;
  return proposeByValue(metricValueMilli, milli(target.value), current, ready, tolerance);
}

/** Pods that have failed or are being deleted do not count; readiness matters for CPU alone. */
function rowsOf({ pods = [] }: Fields, isCpu: boolean): PodMetric[] {
  const standing = ({ phase, usageMilli, ready, initializing }: Row): Standing => {
    if (phase === 'Pending') return 'unready';
    if (usageMilli === null) return 'missing';
    return isCpu && (!ready || initializing) ? 'unready' : 'ready';
  };
  return pods
    .filter(({ deleting, phase }) => !deleting && phase !== 'Failed')
    .map((pod) => ({ standing: standing(pod), usageMilli: pod.usageMilli ?? 0, requestMilli: pod.requestMilli }));
}

function byRules(hpa: HorizontalPodAutoscaler, given: Fields, asked: number): Answer {
  const now = 0;
  const { currentReplicas: current, recommendations } = given;
  const ago = (seconds: number) => now - seconds * 1e9;
  const events = (list: Fields['scaleUpEvents']): ScaleEvent[] =>
    list.map(({ change, secondsAgo }) => ({ change, at: ago(secondsAgo) }));
  const known: Recommendation[] | undefined = recommendations?.map(({ replicas, secondsAgo }) => ({
    replicas,
    at: ago(secondsAgo),
  }));
  const stable = known === undefined ? asked : stabilise(asked, current, known, hpa.spec.behavior, now);
  const { scaleUpEvents, scaleDownEvents } = given;
  const limited = limitRate(stable, current, hpa.spec, events(scaleUpEvents), events(scaleDownEvents), now);
  const why = [
    `the metrics ask for ${asked}; the windows make that ${stable}; rates and bounds ${limited.replicas} (${limited.reason})`,
  ];
  return { actual: { desiredReplicas: limited.replicas, condition: limited.reason, error: false }, why };
}

function milli(quantity: string | number | undefined): number {
  return parseQuantityMilli(String(quantity ?? 0));
}
