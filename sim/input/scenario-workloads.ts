import { z } from 'zod';
import type { Workload } from '../cluster/api/workloads.ts';
import { parseBytes } from '../cluster/quantity.ts';
import { coresMilli } from '../cluster/resources.ts';
import { addressFields, serviceReference, workloadReference } from './references.ts';
import type { Call, WorkloadBehaviour } from './scenario.ts';
import { clientReference } from './scenario-clients.ts';
import { discovery } from './scenario-discovery.ts';
import { distribution } from './scenario-distribution.ts';
import { complain, count, cpu, duration, expecting, section, share } from './scenario-fields.ts';
import {
  cacheSection,
  contentionSection,
  cpuQuotaSection,
  errorsSection,
  memorySection,
  queueSection,
  warmupSection,
} from './scenario-server.ts';
import { type World, workloadsBehind } from './world.ts';

function call(world: World) {
  return section({
    to: serviceReference(world).describe('The Service that is called, and its port (80 if none is given).'),
    ...addressFields,
    share: share().prefault(1).describe('Share of requests that make this call.'),
    callers: z
      .array(z.string())
      .min(1)
      .optional()
      .describe(
        'Only requests of these callers make it: names of traffic, or `namespace/name` of workloads. Default: all.',
      ),
    parallel: z.boolean().default(false).describe('Made together with the call before it, and not after that.'),
    optional: z.boolean().default(false).describe('Its failure does not fail the request.'),
    cache: cacheSection.optional().describe('A cache in front of it, which all Pods share.'),
    client: clientReference(world).prefault('none').describe('The client policy: a name under `clients`, or a preset.'),
    discovery: discovery
      .prefault('dns')
      .describe(
        'How client Pods find the Service: podIP (the Pod addresses at their start and never again), dns, env (the variables of its container’s start: without a Service that came later, calls end as dnsFailure), headless, endpoints (it watches the API, as service meshes and Ingress controllers do); a word, or shares of Pods that sum to 1.',
      ),
  }).transform(
    ({ to, entry = null, cache = null, callers = null, ...rest }): Call => ({ ...to, ...rest, entry, cache, callers }),
  );
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
    backlogFull: z
      .enum(['drop', 'refuse', 'unavailable'])
      .default('drop')
      .describe(
        'A new connection then: its SYN is dropped and sent again, it is refused (tcp_abort_on_overflow), or it is accepted and its request gets 503. A request on a connection that stands already gets 503 in any case.',
      ),
    queue: queueSection.describe('Who gets the next free slot, and who is turned away.'),
    scheduling: z
      .enum(['fifo', 'processorSharing'])
      .default('fifo')
      .describe(
        'fifo: a request has a core until it is done; processorSharing: all that are worked on share the cores.',
      ),
    cpuQuota: cpuQuotaSection
      .optional()
      .describe(
        'A CPU limit as the kernel keeps it (CFS): used up, everything stops until the next period. Needs processorSharing; `cores` are then threads.',
      ),
    contention: contentionSection
      .optional()
      .describe(
        'The Universal Scalability Law: with n requests at once each takes 1 + alpha (n-1) + beta n (n-1) times as long.',
      ),
    warmup: warmupSection
      .optional()
      .describe('A Pod that has just started is slow at first: JIT, caches, connections.'),
    serviceTimeOf: z
      .record(z.string(), distribution)
      .default({})
      .describe('Service times of single callers, by name of the traffic, or `namespace/name` of a workload.'),
    serviceTimePer: z
      .enum(['attempt', 'request'])
      .default('attempt')
      .describe(
        'What a service time belongs to. attempt: each retry and hedge of a call draws it anew, as where a Pod, a lock or a cold cache is slow; request: all attempts of a call take equally long, as a large order stays large.',
      ),
    errors: errorsSection.optional().describe('Requests that fail in any case.'),
    memory: memorySection.optional().describe('Memory that grows with the requests that are worked on.'),
    maxConnections: z
      .union([z.literal('unlimited').transform(() => Number.POSITIVE_INFINITY), count(1)], {
        error: expecting('a number of connections, or unlimited'),
      })
      .prefault('unlimited')
      .describe('Of a database: connections that a Pod holds at a time, idle ones too; a further one is refused.'),
    shutdown: z
      .enum(['finish', 'exit', 'ignore'])
      .default('finish')
      .describe(
        'On SIGTERM: finish what there is and accept no more; exit at once, and reset what there is; ignore it until SIGKILL.',
      ),
    retryAfter: duration()
      .prefault('0s')
      .describe('What a 503 for want of room asks the caller to wait (Retry-After). 0s: it does not say.'),
    startup: duration().prefault('5s').describe('From the container’s start until it listens.'),
    probesShareQueue: z
      .boolean()
      .default(true)
      .describe('Probes wait in the same queue as requests, so that overload fails them.'),
    calls: z.array(call(world)).default([]).describe('Calls that a request makes, one after the other.'),
    routes: section({
      client: clientReference(world).prefault('ingress-nginx').describe('The client policy towards backends.'),
      to: z
        .enum(['endpoints', 'service'])
        .default('endpoints')
        .describe(
          'Connections go to ready Pods, of which it hears from the API, as ingress-nginx and Envoy Gateway do; or to cluster IPs.',
        ),
    })
      .prefault({})
      .describe('Of a workload that routes HTTP for an Ingress class or a Gateway.'),
  }).transform(
    ({ for: workload, cores, cpuQuota, contention, warmup, errors, memory, ...rest }, ctx): WorkloadBehaviour => {
      if (cpuQuota !== undefined && rest.scheduling !== 'processorSharing') {
        const fix = 'add scheduling: processorSharing';
        complain(ctx, 'cpuQuota needs scheduling: processorSharing', { fix }, ['cpuQuota']);
      }
      const limit = memoryLimitOf(world.workloads.get(workload));
      if (memory !== undefined && limit === null) {
        const fix = 'set resources.limits.memory of its containers';
        complain(ctx, `the containers of ${workload} have no memory limit`, { fix }, ['memory']);
      }
      return {
        workload,
        ...rest,
        cpuQuota: cpuQuota ?? null,
        contention: contention ?? null,
        warmup: warmup ?? null,
        errors: errors ?? null,
        memory: memory === undefined || limit === null ? null : { ...memory, limit },
        cores: cores === undefined ? coresOf(world.workloads.get(workload)) : cores / 1000,
      };
    },
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

/** Bytes; null: a container has none. */
function memoryLimitOf(workload: Workload | null | undefined): number | null {
  const containers = workload?.spec.template.spec.containers ?? [];
  const limits = containers.map(({ resources }) => resources?.limits?.memory);
  if (limits.length === 0 || limits.includes(undefined)) return null;
  return limits.reduce((sum: number, each) => sum + parseBytes(String(each)), 0);
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
