import { z } from 'zod';
import { deploymentReference, nodeReference, objectReference } from './references.ts';
import type { TimelineEntry } from './scenario.ts';
import { complain, count, duration, expecting, positiveDuration, refuse, section } from './scenario-fields.ts';
import type { World } from './world.ts';

const ACTIONS = ['scale', 'restart', 'drain', 'fail', 'apply', 'delete'] as const;

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
    fail: section({ node: nodeReference(world).describe('The Node that loses power.') })
      .optional()
      .describe('A fault.'),
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
    for: positiveDuration().optional().describe('With `fail`: until it is mended. Default: to the end of the run.'),
  }).transform((given, ctx): TimelineEntry => {
    const { at, scale, replicas, restart, drain, fail } = given;
    const actions = ACTIONS.filter((action) => given[action] !== undefined);
    if (actions.length !== 1) {
      const what = actions.length === 0 ? 'no action is given' : `${actions.join(' and ')} in one entry`;
      return refuse(ctx, what, { expected: `one of ${ACTIONS.join(', ')}` });
    }
    if (replicas !== undefined && scale === undefined) complain(ctx, 'replicas belongs to scale', {}, ['replicas']);
    if (given.for !== undefined && fail === undefined) complain(ctx, 'for belongs to fail', {}, ['for']);
    if (given.apply !== undefined) return { at, action: 'apply', objects: [] };
    if (given.delete !== undefined) return { at, action: 'delete', object: given.delete };
    if (restart !== undefined) return { at, action: 'restart', deployment: restart };
    if (drain !== undefined) return { at, action: 'drain', node: drain };
    if (fail !== undefined)
      return { at, action: 'fail', node: fail.node, duration: given.for ?? Number.POSITIVE_INFINITY };
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
