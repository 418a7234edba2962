import { z } from 'zod';
import { CLIENT_PRESETS } from './client-presets.ts';
import type { Scenario, TimelineEntry } from './scenario.ts';
import { clientsSection } from './scenario-clients.ts';
import { clusterSection, clusterSettings } from './scenario-cluster.ts';
import { complain, count, expecting, positiveDuration, section, share } from './scenario-fields.ts';
import { businessSection, threshold } from './scenario-goals.ts';
import { timelineSection } from './scenario-timeline.ts';
import { trafficSection } from './scenario-traffic.ts';
import { workloadsSection } from './scenario-workloads.ts';
import type { World } from './world.ts';

export const API_VERSION = 'svclab.dev/v1alpha1';

/** What the file gives of a Scenario; the loader adds its objects and the variant's name. */
export type CheckedScenario = Omit<Scenario, 'objects' | 'variant'>;

/**
 * The Scenario format, resolved against the names of one world.
 * @param nodeManifests how many Nodes the manifests bring
 */
export function scenarioSchema(world: World, nodeManifests: number) {
  return scenarioSection(world).transform((given, ctx): CheckedScenario => {
    const { metadata, cluster, clients, timeline, trace, ...rest } = given;
    const { name, description } = metadata;
    refuseLateEntries(timeline, given.duration, ctx);
    if (given.cluster.dns.server === null) refuseDNSFaults(timeline, ctx);
    const routes = given.traffic.some(({ http }) => http !== null) ? given.workloads.map((each) => each.routes) : [];
    const used = [...given.traffic, ...given.workloads.flatMap(({ calls }) => calls), ...routes].map(
      ({ client }) => client,
    );
    const presets = used
      .filter((client) => clients[client] === undefined)
      .map((client) => [client, CLIENT_PRESETS[client]!]);
    const bucket = trace.buckets;
    return {
      name,
      description,
      duration: rest.duration,
      seed: rest.seed,
      representing: rest.representing,
      cluster: clusterSettings(cluster, nodeManifests, ctx),
      clients: { ...clients, ...Object.fromEntries(presets) },
      workloads: rest.workloads,
      traffic: rest.traffic,
      timeline: timeline
        .map((entry) =>
          'duration' in entry ? { ...entry, duration: Math.min(entry.duration, given.duration - entry.at) } : entry,
        )
        .toSorted((a, b) => a.at - b.at),
      business: rest.business ?? null,
      thresholds: rest.thresholds,
      trace: { requests: trace.requests, bucket },
    };
  });
}

/** The sections of a Scenario in a file. */
export function scenarioSection(world: World) {
  return section({
    apiVersion: z.literal(API_VERSION).describe('The version of this format.'),
    kind: z.literal('Scenario').describe('The kind of this file.'),
    metadata: section({
      name: z
        .string()
        .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a DNS label such as retail-outage')
        .describe('Name of the scenario: lower case letters, digits and -.'),
      description: z.string().default('').describe('A sentence: what happens here.'),
      namespace: z.string().default('default').describe('The namespace of objects and references that name none.'),
    }).describe('Name and description.'),
    duration: positiveDuration().describe('Simulated time. There is no default: a run must end.'),
    seed: count(0).default(1).describe('Of every random draw; the same seed gives the same bytes.'),
    representing: z
      .number()
      .positive()
      .default(1)
      .describe('One simulated request stands for so many real ones; business figures are multiplied by it.'),
    manifests: z
      .array(
        z.union([z.string(), z.record(z.string(), z.unknown())], {
          error: expecting('a file name, or a Kubernetes object'),
        }),
      )
      .default([])
      .describe('Kubernetes manifests: files, relative to this one, or objects inline.'),
    cluster: clusterSection.prefault({}).describe('The machines, the network and the control plane’s settings.'),
    clients: clientsSection
      .default({})
      .describe('Client policies by name, for traffic and for calls between workloads.'),
    workloads: workloadsSection(world).default([]).describe('How the Pods of Deployments behave.'),
    traffic: trafficSection(world).describe('Where requests come from.'),
    timeline: timelineSection(world).default([]).describe('What operators do and what breaks, and when.'),
    business: businessSection(world).optional().describe('What failed requests cost.'),
    thresholds: z
      .array(threshold(world))
      .default([])
      .describe('Objectives: TRAFFIC.METRIC OPERATOR BOUND, with success, p50, p90, p95, p99, p999, mean or max.'),
    variants: z
      .array(variant)
      .superRefine(refuseTwins)
      .default([])
      .describe('The same world with something changed, on the same arrivals.'),
    trace: section({
      requests: share().prefault('1/1000').describe('Share of user requests whose attempts are kept whole.'),
      buckets: positiveDuration().prefault('5s').describe('Length of the time buckets of all other figures.'),
    })
      .prefault({})
      .describe('What the trace keeps.'),
  });
}

const variant = section({
  name: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a DNS label such as service-dns')
    .describe('Lower case letters, digits and -.'),
  description: z.string().default('').describe('A sentence: what is different.'),
  set: z
    .record(z.string(), z.unknown())
    .default({})
    .describe(
      'Paths and their new values: `clients.web.retries.max: 0`. An element of a list is found by its name, for or to: `workloads.frontend.calls.checkout.discovery`; a field of a manifest by its object: `manifests.deployment/checkout.spec.replicas`.',
    ),
});

function refuseTwins(variants: { name: string }[], ctx: z.RefinementCtx): void {
  variants.forEach(({ name }, i) => {
    const isTwin = variants.findIndex((other) => other.name === name) < i;
    if (isTwin) complain(ctx, `the variant "${name}" is here twice`, {}, [i, 'name']);
  });
}

function refuseDNSFaults(timeline: TimelineEntry[], ctx: z.RefinementCtx): void {
  timeline.forEach(({ action }, i) => {
    if (action !== 'dns') return;
    const fix = 'add cluster.dns.server: {}';
    complain(ctx, 'no DNS server is simulated: every question is answered', { fix }, ['timeline', i, 'dns']);
  });
}

function refuseLateEntries(timeline: TimelineEntry[], duration: number, ctx: z.RefinementCtx): void {
  timeline.forEach(({ at }, i) => {
    if (at > duration)
      complain(ctx, 'this is after the end of the run', { fix: 'make the duration longer' }, ['timeline', i, 'at']);
  });
}
