import { z } from 'zod';
import { requestOf } from '../routing/http-request.ts';
import { routersFor } from '../routing/routers.ts';
import { knownNames } from './faults.ts';
import { addressFields, trafficTarget, workloadReference } from './references.ts';
import type { TrafficSource } from './scenario.ts';
import { arrivals } from './scenario-arrivals.ts';
import { clientReference } from './scenario-clients.ts';
import { discovery } from './scenario-discovery.ts';
import { cidr, complain, refuse, section } from './scenario-fields.ts';
import type { World } from './world.ts';

function source(world: World) {
  return section({
    name: z
      .string()
      .regex(/^[A-Za-z][\w-]*$/, 'must be a word: letters, digits, - and _')
      .describe('Name of the traffic in thresholds and reports.'),
    from: z
      .union([z.literal('external').transform(() => null), workloadReference(world)])
      .prefault('external')
      .describe(
        'Who sends: users outside the cluster (`external`), who arrive at the Service’s load balancer, or the Pods of a workload, each request from one of them at random.',
      ),
    addresses: cidr()
      .default('198.18.0.0/16')
      .describe('Addresses of users outside, as `loadBalancerSourceRanges` and affinity tell them apart.'),
    to: trafficTarget(world).describe(
      'The Service that they ask for, and its port; or a URL whose host an Ingress or an HTTPRoute knows: `http://shop.example/cart`.',
    ),
    ...addressFields,
    via: z
      .string()
      .regex(/^[^/]+\/[^/]+$/, 'must be NAMESPACE/NAME')
      .optional()
      .describe('With a URL: the Service in front of the router, where the objects do not tell.'),
    method: z.string().default('GET').describe('With a URL.'),
    headers: z.record(z.string(), z.string()).default({}).describe('With a URL.'),
    client: clientReference(world)
      .prefault('browser')
      .describe('The client policy: a name under `clients`, or a preset.'),
    discovery: discovery
      .prefault('dns')
      .describe('How sending Pods find the Service: a word, or shares of Pods. Users outside know its address.'),
    arrivals: arrivals(world).describe('How many arrive, and when.'),
  }).transform(({ to, via, method, headers, entry = null, ...given }, ctx): TrafficSource => {
    const rest = { ...given, entry };
    if ('service' in to) return { ...rest, ...to, http: null };
    const http = { url: to.url, method, headers: Object.entries(headers) };
    const request = requestOf(http.url, method, http.headers)!;
    if (via !== undefined && !world.services.has(via)) {
      return refuse(ctx, `there is no Service "${via}"`, knownNames(via, world.services.keys(), 'one of'), ['via']);
    }
    const [router] = routersFor(world.routing, request, via);
    if (router === undefined)
      return refuse(ctx, `no Ingress and no Gateway knows the host ${request.host}`, {}, ['to']);
    const service = via ?? router.service;
    if (service === null) {
      const fix = 'name the Service in front of its Pods: via: NAMESPACE/NAME';
      return refuse(ctx, `nothing tells where ${router.name} runs`, { fix }, ['to']);
    }
    const ports = world.services.get(service)?.spec.ports?.map(({ port }) => port);
    if (ports !== undefined && !ports.includes(request.port)) {
      const expected = `a URL with the port ${ports.join(' or ')}`;
      return refuse(
        ctx,
        `Service "${service}", in front of ${router.name}, has no port ${request.port}`,
        { expected },
        ['to'],
      );
    }
    return { ...rest, service, port: request.port, host: request.host, protocol: 'TCP', http };
  });
}

export function trafficSection(world: World) {
  return z
    .array(source(world))
    .min(1, 'there is no traffic, so nothing would happen')
    .superRefine((sources, ctx) => {
      const seen = new Set<string>();
      sources.forEach(({ name }, i) => {
        if (seen.has(name)) complain(ctx, `the traffic "${name}" is here twice`, {}, [i, 'name']);
        seen.add(name);
      });
    });
}
