import { z } from 'zod';
import { nodeReference, workloadReference } from './references.ts';
import type { PodCount, PodFault } from './scenario.ts';
import { count, refuse, section, share } from './scenario-fields.ts';
import type { World } from './world.ts';

const amount = {
  count: count(1).optional().describe('So many of its Pods, in the order in which they came. Default 1.'),
  share: share().optional().describe('Or this share of them: 1 for all.'),
};

export function killSection(world: World) {
  return section({
    pods: workloadReference(world).describe('Of this workload.'),
    ...amount,
  }).transform((given) => ({ workload: given.pods, pods: countOf(given) }));
}

export function degradeSection(world: World) {
  return section({
    pods: workloadReference(world).optional().describe('Of this workload.'),
    ...amount,
    node: nodeReference(world).optional().describe('Or everything on this Node: a CPU thief next to the Pods.'),
    zone: z.string().min(1).optional().describe('Or everything in this zone.'),
    slower: z.number().min(1).default(1).describe('Requests take so many times as long.'),
    errors: share().prefault(0).describe('This share of requests fails.'),
    status: z.int().min(400).max(599).default(500).describe('With `errors`: the answer.'),
    fast: z
      .boolean()
      .default(false)
      .describe('With `errors`: without any work, so that the Pod looks the least loaded.'),
    hang: z.boolean().default(false).describe('Requests are accepted and not answered until it is over.'),
  }).transform((given, ctx): PodFault => {
    const { pods, node, zone, slower, errors, status, fast, hang } = given;
    if ([pods, node, zone].filter((each) => each !== undefined).length !== 1) {
      return refuse(ctx, 'degrade needs one scope', { expected: 'pods: deployment/x, node: node/x, or zone: a' });
    }
    if (pods === undefined && (errors > 0 || hang)) {
      return refuse(ctx, 'errors and hang are of Pods', { fix: 'name a workload in pods' }, [
        errors > 0 ? 'errors' : 'hang',
      ]);
    }
    if (slower === 1 && errors === 0 && !hang) {
      return refuse(ctx, 'nothing is degraded', { expected: 'slower: 10, errors: 5%, or hang: true' });
    }
    if (node !== undefined) return { node, slower };
    if (zone !== undefined) return { zone, slower };
    return { workload: pods!, pods: countOf(given), degradation: { slower, errors, status, fast, hangs: hang } };
  });
}

function countOf(given: { count?: number | undefined; share?: number | undefined }): PodCount {
  return given.share === undefined ? { count: given.count ?? 1 } : { share: given.share };
}
