/** Text in a scenario that names something else: resolved against the world, or refused with the nearest name. */
import { z } from 'zod';
import { API_VERSIONS, type Kind } from '../cluster/api/kinds.ts';
import { WORKLOAD_KINDS } from '../cluster/api/workloads.ts';
import { type HTTPRequest, requestOf } from '../routing/http-request.ts';
import { routersFor } from '../routing/routers.ts';
import { knownNames } from './faults.ts';
import type { ObjectReference } from './scenario.ts';
import { expecting, refuse } from './scenario-fields.ts';
import { CLUSTER_SCOPED, type World } from './world.ts';

const A_WORKLOAD = 'KIND/NAME or NAMESPACE/KIND/NAME, where KIND is deployment, statefulset or daemonset';
const A_DEPLOYMENT = 'deployment/NAME or NAMESPACE/deployment/NAME';
const AN_OBJECT = 'KIND/NAME or NAMESPACE/KIND/NAME, such as service/checkout';
const A_SERVICE = 'http://SERVICE[.NAMESPACE[.svc.cluster.local]][:PORT]';

/** `deployment/checkout`, or `shop/deployment/checkout` in another namespace. @returns `namespace/name` */
export function deploymentReference(world: World) {
  return z
    .string({ error: expecting(A_DEPLOYMENT) })
    .meta({ examples: ['deployment/checkout', 'shop/deployment/checkout'] })
    .transform((text, ctx) => {
      const { namespace, word, name } = partsOf(text, world);
      if (!/^deploy(ment)?s?$/.test(word) || name === '') {
        return refuse(ctx, `"${text}" names no Deployment`, {
          expected: A_DEPLOYMENT,
          fix: /^[\w.-]+$/.test(text) ? `write deployment/${text}` : undefined,
        });
      }
      const deployments = world.objects.get('Deployment') ?? new Set();
      if (deployments.has(`${namespace}/${name}`)) return `${namespace}/${name}`;
      return refuse(
        ctx,
        `there is no Deployment "${name}" in namespace "${namespace}"`,
        inNamespace([...deployments], namespace, name, 'a Deployment of the manifests'),
      );
    });
}

/** As `deployment/checkout`, of any kind whose Pods serve and call. @returns `namespace/name` */
export function workloadReference(world: World) {
  return z
    .string({ error: expecting(A_WORKLOAD) })
    .meta({ examples: ['deployment/checkout', 'statefulset/database', 'shop/deployment/checkout'] })
    .transform((text, ctx) => {
      const { namespace, word, name } = partsOf(text, world);
      const kind = WORKLOAD_KINDS.find((each) => isWordFor(word, each));
      if (kind === undefined || name === '') {
        return refuse(ctx, `"${text}" names no workload`, {
          expected: A_WORKLOAD,
          fix: /^[\w.-]+$/.test(text) ? `write ${wordFor(text, world)}/${text}` : undefined,
        });
      }
      const known = world.objects.get(kind) ?? new Set();
      if (known.has(`${namespace}/${name}`)) return `${namespace}/${name}`;
      return refuse(
        ctx,
        `there is no ${kind} "${name}" in namespace "${namespace}"`,
        inNamespace([...known], namespace, name, `a ${kind} of the manifests`),
      );
    });
}

/** The kind of the workload of that name; `deployment` where there is none. */
export function wordFor(name: string, world: World, namespace = world.namespace): string {
  const kinds = WORKLOAD_KINDS.filter((kind) => world.objects.get(kind)?.has(`${namespace}/${name}`));
  return (kinds[0] ?? 'Deployment').toLowerCase();
}

/** `http://payments:8080`; the port is 80 (https: 443) if none is given. */
export function serviceReference(world: World) {
  return z
    .string({ error: expecting(A_SERVICE) })
    .meta({ examples: ['http://payments:8080', 'http://payments.shop.svc.cluster.local'] })
    .transform((text, ctx) => {
      const match = /^(?:(https?|tcp|grpc|udp|sctp):\/\/)?([a-z0-9.-]+?)(\.?)(?::(\d+))?(?:\/.*)?$/i.exec(text);
      const [name = '', namespace = world.namespace, ...rest] = match?.[2]?.split('.') ?? [];
      if (match === null || !['', 'svc', 'svc.cluster.local'].includes(rest.join('.'))) {
        return refuse(ctx, `"${text}" names no Service`, {
          expected: A_SERVICE,
        });
      }
      const port = Number(match[4] ?? (match[1] === 'https' ? 443 : 80));
      if (port < 1 || port > 65535) return refuse(ctx, `port ${port} is out of range`, { expected: '1 to 65535' });
      const service = world.services.get(`${namespace}/${name}`);
      // A short name of a Service in another namespace is a mistake that the run can show: the name is not found.
      const isShort = match[2] === name && [...world.services.keys()].some((each) => each.endsWith(`/${name}`));
      if (service === undefined && !isShort) {
        return refuse(
          ctx,
          `there is no Service "${name}" in namespace "${namespace}"`,
          inNamespace([...world.services.keys()], namespace, name, 'a Service of the manifests'),
        );
      }
      const protocol = match[1] === 'udp' ? 'UDP' : match[1] === 'sctp' ? 'SCTP' : 'TCP';
      const ports = service?.spec.ports?.filter((each) => each.protocol === protocol).map((each) => each.port);
      if (ports !== undefined && !ports.includes(port)) {
        const fix = ports.length === 1 ? `write http://${match[2]}:${ports[0]}` : undefined;
        const others = service!.spec.ports!.map((each) => `${each.protocol.toLowerCase()}://…:${each.port}`);
        return refuse(ctx, `Service "${name}" has no ${protocol === 'TCP' ? '' : `${protocol} `}port ${port}`, {
          expected: ports.join(', ') || others.join(', ') || 'a Service with ports',
          fix,
        });
      }
      return { service: `${namespace}/${name}`, port, host: `${match[2]}${match[3]}`.toLowerCase(), protocol } as const;
    });
}

/** Beside a reference to a Service: by which of its addresses it is reached. */
export const addressFields = {
  family: z.enum(['IPv4', 'IPv6']).default('IPv4').describe('Of the addresses that clients use.'),
  entry: z
    .enum(['clusterIP', 'nodePort', 'loadBalancer'])
    .optional()
    .describe(
      'Which address of the Service they use. Default: Pods the cluster IP, users outside the load balancer, else an external IP, else a node port.',
    ),
};

/** A Service, or a URL with the host of an Ingress or a Gateway, as far as such are there. */
export function trafficTarget(world: World) {
  const service = serviceReference(world);
  return z
    .string({ error: expecting(A_SERVICE) })
    .meta({ examples: ['http://checkout', 'http://shop.example/cart'] })
    .transform((text, ctx) => {
      const request = requestOf(text);
      if (request !== null && isRouted(request, world)) return { url: text };
      const result = service.safeParse(text);
      if (result.success) return result.data;
      for (const issue of result.error.issues) ctx.addIssue({ ...issue });
      return z.NEVER;
    });
}

function isRouted(request: HTTPRequest, { namespace: own, services, routing }: World): boolean {
  const [name = '', namespace = own] = request.host.split('.');
  if (services.has(`${namespace}/${name}`)) return false;
  return routing.count('Ingress') + routing.count('Gateway') > 0 && routersFor(routing, request).length > 0;
}

/** `service/checkout`, or `shop/service/checkout` in another namespace, of any kind that the manifests may hold. */
export function objectReference(world: World) {
  return z
    .string({ error: expecting(AN_OBJECT) })
    .meta({ examples: ['service/checkout', 'shop/service/checkout'] })
    .transform((text, ctx): ObjectReference => {
      const { namespace: space, word, name } = partsOf(text, world);
      // a Node is drained or fails
      const kinds = Object.keys(API_VERSIONS).filter((each) => each !== 'Node');
      const kind = kinds.find((each) => isWordFor(word, each)) as Kind | undefined;
      if (kind === undefined || name === '') {
        return refuse(ctx, `"${text}" names no object`, { expected: AN_OBJECT });
      }
      const namespace = CLUSTER_SCOPED.has(kind) ? '' : space;
      const known = world.objects.get(kind) ?? new Set();
      if (known.has(`${namespace}/${name}`)) return { kind, namespace, name };
      const what = `a ${kind} of the manifests`;
      return refuse(
        ctx,
        `there is no ${kind} "${name}"${namespace === '' ? '' : ` in namespace "${namespace}"`}`,
        inNamespace([...known], namespace, name, what),
      );
    });
}

/** `KIND/NAME` or `NAMESPACE/KIND/NAME`; without a name if it is neither. */
function partsOf(text: string, world: World): { namespace: string; word: string; name: string } {
  const parts = text.split('/');
  if (parts.length === 2) parts.unshift(world.namespace);
  const [namespace = '', word = '', name = ''] = parts.length === 3 ? parts : [];
  return { namespace, word, name };
}

/** `service`, `services`, `svc`; `deployment`, `deployments`, `deploy`. */
export function isWordFor(word: string, kind: string): boolean {
  const lower = word.toLowerCase();
  return [kind.toLowerCase(), `${kind.toLowerCase()}s`, SHORT_NAMES[kind]].includes(lower);
}

/** @source kubectl api-resources */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  ConfigMap: 'cm',
  DaemonSet: 'ds',
  Deployment: 'deploy',
  HorizontalPodAutoscaler: 'hpa',
  Namespace: 'ns',
  NetworkPolicy: 'netpol',
  PodDisruptionBudget: 'pdb',
  ReplicaSet: 'rs',
  Service: 'svc',
  StatefulSet: 'sts',
};

/** `node/node-3` or the name alone. */
export function nodeReference(world: World) {
  return z.string({ error: expecting('node/NAME') }).transform((text, ctx) => {
    const name = text.replace(/^nodes?\//, '');
    if (world.nodes.has(name)) return name;
    return refuse(ctx, `there is no Node "${name}"`, knownNames(name, world.nodes, 'a Node'));
  });
}

export function trafficReference(world: World) {
  return z.string({ error: expecting('a name under traffic') }).transform((text, ctx) => {
    if (world.traffic.has(text)) return text;
    return refuse(ctx, `there is no traffic "${text}"`, knownNames(text, world.traffic, 'a name under traffic'));
  });
}

function inNamespace(names: readonly string[], namespace: string, name: string, what: string) {
  const local = names.filter((key) => key.startsWith(`${namespace}/`)).map((key) => key.slice(namespace.length + 1));
  const elsewhere = names.find((key) => key.endsWith(`/${name}`));
  const advice = knownNames(name, local, what);
  return elsewhere === undefined ? advice : { ...advice, fix: `it is in namespace "${elsewhere.split('/')[0]}"` };
}
