import { z } from 'zod';
import { deploymentReference, nodeReference, objectReference } from './references.ts';
import type { TimelineEntry } from './scenario.ts';
import { complain, count, duration, expecting, positiveDuration, refuse, section } from './scenario-fields.ts';
import type { World } from './world.ts';

const ACTIONS = ['scale', 'restart', 'drain', 'fail', 'pressure', 'dns', 'apply', 'delete'] as const;

function entry(world: World) {
  return section({
    at: duration().describe('From the start.'),
    scale: deploymentReference(world)
      .optional()
      .describe('Sets the replicas of a Deployment, as `kubectl scale` does.'),
    replicas: count(0).optional().describe('With `scale`.'),
    restart: deploymentReference(world)
      .optional()
      .describe('Replaces the Pods of a Deployment, as `kubectl rollout restart` does.'),
    drain: nodeReference(world).optional().describe('Cordons a Node and evicts its Pods, as `kubectl drain` does.'),
    fail: section({
      node: nodeReference(world).optional().describe('The Node that loses power.'),
      zone: z.string().min(1).optional().describe('All Nodes of this zone lose power.'),
    })
      .optional()
      .describe('A fault.'),
    dns: z
      .enum(['down', 'servfail', 'slow'])
      .optional()
      .describe(
        'The DNS server, where `cluster.dns.server` is simulated: its answers are lost, are failures, or come late by `delay`.',
      ),
    delay: positiveDuration().optional().describe('With `dns: slow`. Default 1s.'),
    apply: z
      .array(
        z.union([z.string(), z.record(z.string(), z.unknown())], {
          error: expecting('a file name, or a Kubernetes object'),
        }),
      )
      .min(1)
      .optional()
      .describe(
        'Creates or replaces objects, as `kubectl apply` does: files, relative to this one, or objects inline.',
      ),
    delete: objectReference(world)
      .optional()
      .describe('Deletes an object of the manifests, gracefully, as `kubectl delete` does: `service/checkout`.'),
    pressure: nodeReference(world)
      .optional()
      .describe('The Node runs out of memory: its kubelet evicts Pods, one every 10 s.'),
    evict: count(1).optional().describe('With `pressure`: how many Pods have to go. Default 1.'),
    for: positiveDuration()
      .optional()
      .describe('With `fail`, `pressure` and `dns`: until it is mended. Default: to the end of the run.'),
  }).transform((given, ctx): TimelineEntry => {
    const { at, scale, replicas, restart, drain, fail, pressure, evict } = given;
    const duration = given.for ?? Number.POSITIVE_INFINITY;
    const actions = ACTIONS.filter((action) => given[action] !== undefined);
    if (actions.length !== 1) {
      const what = actions.length === 0 ? 'no action is given' : `${actions.join(' and ')} in one entry`;
      return refuse(ctx, what, { expected: `one of ${ACTIONS.join(', ')}` });
    }
    if (replicas !== undefined && scale === undefined) complain(ctx, 'replicas belongs to scale', {}, ['replicas']);
    if (given.apply !== undefined) return { at, action: 'apply', objects: [] };
    if (given.delete !== undefined) return { at, action: 'delete', object: given.delete };
    if (given.for !== undefined && (fail ?? pressure ?? given.dns) === undefined)
      complain(ctx, 'for belongs to fail, pressure and dns', {}, ['for']);
    if (given.delay !== undefined && given.dns !== 'slow') complain(ctx, 'delay belongs to dns: slow', {}, ['delay']);
    if (given.dns !== undefined) {
      return { at, action: 'dns', kind: given.dns, delay: given.delay ?? 1e9, duration };
    }
    if (evict !== undefined && pressure === undefined) complain(ctx, 'evict belongs to pressure', {}, ['evict']);
    if (restart !== undefined) return { at, action: 'restart', deployment: restart };
    if (drain !== undefined) return { at, action: 'drain', node: drain };
    if (pressure !== undefined) return { at, action: 'pressure', node: pressure, evict: evict ?? 1, duration };
    if (fail?.node !== undefined && fail.zone === undefined) return { at, action: 'fail', node: fail.node, duration };
    if (fail?.zone !== undefined && fail.node === undefined) return { at, action: 'fail', zone: fail.zone, duration };
    if (fail !== undefined)
      return refuse(ctx, 'fail needs a node or a zone', { expected: '{node: node/node-1}, or {zone: a}' }, ['fail']);
    if (replicas === undefined)
      return refuse(ctx, 'scale needs replicas', { expected: '{at: 30m, scale: deployment/checkout, replicas: 12}' });
    return { at, action: 'scale', deployment: scale!, replicas };
  });
}

/** In the order of time; entries at one time keep the order of the file. */
export function timelineSection(world: World) {
  return z
    .array(entry(world))
    .transform((entries) =>
      entries.map((each, i) => (each.action === 'apply' ? { ...each, objects: world.applied[i] ?? [] } : each)),
    );
}
