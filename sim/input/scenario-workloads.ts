import { z } from 'zod';
import type { Workload } from '../cluster/api/workloads.ts';
import { coresMilli } from '../cluster/resources.ts';
import { serviceReference, workloadReference } from './references.ts';
import type { Call, WorkloadBehaviour } from './scenario.ts';
import { clientReference } from './scenario-clients.ts';
import { discovery } from './scenario-discovery.ts';
import { distribution } from './scenario-distribution.ts';
import { complain, count, cpu, duration, section, share } from './scenario-fields.ts';
import { type World, workloadsBehind } from './world.ts';

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
    for: workloadReference(world).describe('The Deployment, StatefulSet or DaemonSet whose Pods behave so.'),
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
    ({ for: workload, cores, ...rest }): WorkloadBehaviour => ({
      workload,
      ...rest,
      cores: cores === undefined ? coresOf(world.workloads.get(workload)) : cores / 1000,
    }),
  );
}

export function workloadsSection(world: World) {
  return z.array(workload(world)).superRefine((workloads, ctx) => {
    const seen = new Set<string>();
    workloads.forEach(({ workload }, i) => {
      if (seen.has(workload)) complain(ctx, `"${workload}" is described twice`, {}, [i, 'for']);
      seen.add(workload);
    });
    refuseCycle(workloads, world, ctx);
  });
}

function coresOf(workload: Workload | null | undefined): number {
  const spec = workload?.spec.template.spec;
  if (spec === undefined) return 1;
  const milli = coresMilli(spec);
  return milli === 0 ? 1 : milli / 1000;
}

/** Calls that come back to where they began would never end. */
function refuseCycle(workloads: WorkloadBehaviour[], world: World, ctx: z.RefinementCtx): void {
  const calls = new Map(
    workloads.map(({ workload, calls }) => [workload, calls.flatMap(({ service }) => workloadsBehind(service, world))]),
  );
  const finished = new Set<string>();
  const visit = (workload: string, trail: string[]): string[] | undefined => {
    if (trail.includes(workload)) return [...trail.slice(trail.indexOf(workload)), workload];
    if (finished.has(workload)) return undefined;
    for (const next of calls.get(workload) ?? []) {
      const cycle = visit(next, [...trail, workload]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(workload);
    return undefined;
  };
  for (const workload of calls.keys()) {
    const cycle = visit(workload, []);
    if (cycle === undefined) continue;
    const i = workloads.findIndex((each) => each.workload === cycle[0]);
    return void complain(ctx, `calls go in a circle: ${cycle.join(' → ')}`, {}, [i, 'calls']);
  }
}
