import { z } from 'zod';
import type { Deployment } from '../cluster/api/workloads.ts';
import { coresMilli } from '../cluster/resources.ts';
import { deploymentReference, serviceReference } from './references.ts';
import type { Call, WorkloadBehaviour } from './scenario.ts';
import { clientReference } from './scenario-clients.ts';
import { discovery } from './scenario-discovery.ts';
import { distribution } from './scenario-distribution.ts';
import { complain, count, cpu, duration, section, share } from './scenario-fields.ts';
import { deploymentsBehind, type World } from './world.ts';

function call(world: World) {
  return section({
    to: serviceReference(world).describe('The Service that is called, and its port (80 if none is given).'),
    share: share().prefault(1).describe('Share of requests that make this call.'),
    client: clientReference(world).prefault('none').describe('The client policy: a name under `clients`, or a preset.'),
    discovery: discovery
      .prefault('dns')
      .describe(
        'How client Pods find the Service: podIP (the Pod addresses at their start and never again), dns, env (the variables of its container’s start: without a Service that came later, calls end as dnsFailure), headless; a word, or shares of Pods that sum to 1.',
      ),
  }).transform(({ to, ...rest }): Call => ({ ...to, ...rest }));
}

function workload(world: World) {
  return section({
    for: deploymentReference(world).describe('The Deployment whose Pods behave so.'),
    serviceTime: distribution.describe('CPU time of one request.'),
    concurrency: count(1)
      .default(200)
      .describe(
        'Requests that a Pod works on at once; a request holds its place while it waits for its own calls. 200: Tomcat’s threads.',
      ),
    cores: cpu()
      .optional()
      .describe('Cores that serve them. Default: the containers’ CPU limits, else their requests, else 1.'),
    backlog: count(0)
      .default(100)
      .describe('Requests that wait for a place; more are turned away. 100: Tomcat’s `acceptCount`.'),
    startup: duration().prefault('5s').describe('From the container’s start until it listens.'),
    probesShareQueue: z
      .boolean()
      .default(true)
      .describe('Probes wait in the same queue as requests, so that overload fails them.'),
    calls: z.array(call(world)).default([]).describe('Calls that a request makes, one after the other.'),
  }).transform(
    ({ for: deployment, cores, ...rest }): WorkloadBehaviour => ({
      deployment,
      ...rest,
      cores: cores === undefined ? coresOf(world.deployments.get(deployment)) : cores / 1000,
    }),
  );
}

export function workloadsSection(world: World) {
  return z.array(workload(world)).superRefine((workloads, ctx) => {
    const seen = new Set<string>();
    workloads.forEach(({ deployment }, i) => {
      if (seen.has(deployment)) complain(ctx, `Deployment "${deployment}" is described twice`, {}, [i, 'for']);
      seen.add(deployment);
    });
    refuseCycle(workloads, world, ctx);
  });
}

function coresOf(deployment: Deployment | null | undefined): number {
  const spec = deployment?.spec.template.spec;
  if (spec === undefined) return 1;
  const milli = coresMilli(spec);
  return milli === 0 ? 1 : milli / 1000;
}

/** Calls that come back to where they began would never end. */
function refuseCycle(workloads: WorkloadBehaviour[], world: World, ctx: z.RefinementCtx): void {
  const calls = new Map(
    workloads.map(({ deployment, calls }) => [
      deployment,
      calls.flatMap(({ service }) => deploymentsBehind(service, world)),
    ]),
  );
  const finished = new Set<string>();
  const visit = (deployment: string, trail: string[]): string[] | undefined => {
    if (trail.includes(deployment)) return [...trail.slice(trail.indexOf(deployment)), deployment];
    if (finished.has(deployment)) return undefined;
    for (const next of calls.get(deployment) ?? []) {
      const cycle = visit(next, [...trail, deployment]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(deployment);
    return undefined;
  };
  for (const deployment of calls.keys()) {
    const cycle = visit(deployment, []);
    if (cycle === undefined) continue;
    const i = workloads.findIndex((each) => each.deployment === cycle[0]);
    return void complain(ctx, `calls go in a circle: ${cycle.join(' → ')}`, {}, [i, 'calls']);
  }
}
