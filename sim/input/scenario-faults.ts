/** The timeline's faults, beside what operators do: their fields, and what they say as plain data. */
import { z } from 'zod';
import { deploymentReference, nodeReference, workloadReference } from './references.ts';
import { duration, refuse, section, share } from './scenario-fields.ts';
import type { ClusterFault, NodeScope } from './timeline-faults.ts';
import type { World } from './world.ts';

const scopeFields = (world: World) => ({
  nodes: z.array(nodeReference(world)).min(1).optional().describe('These nodes. Default: all of the zone, or all.'),
  zone: z.string().min(1).optional().describe('All nodes of this zone.'),
});

function scopeOf(given: { nodes?: string[] | undefined; zone?: string | undefined }): NodeScope {
  return { nodes: given.nodes ?? [], zone: given.zone ?? null };
}

/** Fields of a timeline entry. */
export function faultFields(world: World) {
  return {
    stuckProxy: section(scopeFields(world))
      .optional()
      .describe('kube-proxy on these nodes hangs: they keep the rules that they have. When it goes on it catches up.'),
    apiServer: z
      .enum(['down'])
      .optional()
      .describe(
        'The API server answers nobody. Nodes go on with what they know, containers run and are restarted; controllers, the scheduler, operators and status reports wait and then catch up.',
      ),
    lag: section({
      watch: duration().optional().describe('Added to what kube-proxies and DNS hear of a change. Default 0s.'),
      endpointSlices: duration()
        .optional()
        .describe('Added to each write of the EndpointSlice controller. Default 0s.'),
      controllers: duration()
        .optional()
        .describe('Added to each sync of the other controllers and the scheduler. Default 0s.'),
    })
      .optional()
      .describe('The control plane is late.'),
    cutOff: section(scopeFields(world))
      .optional()
      .describe(
        'These nodes do not reach the API server, and users and Pods do: what runs there runs on, unheard, is given up after the grace period, and evicted.',
      ),
    deploy: section({
      deployment: deploymentReference(world).describe('The Deployment that gets a new release.'),
      ready: z.boolean().default(true).describe('false: its new Pods never become ready.'),
      image: z.enum(['good', 'missing']).default('good').describe('missing: the image cannot be pulled.'),
      slower: z.number().positive().default(1).describe('Requests take so many times the CPU in the new Pods.'),
      errors: share().prefault(0).describe('Share of requests that the new Pods answer with an error.'),
    })
      .optional()
      .describe('A new release is rolled out, and may be a bad one. `for` or a later `rollback` ends it.'),
    rollback: deploymentReference(world)
      .optional()
      .describe('Goes back to the release before, as `kubectl rollout undo` does.'),
    certificate: workloadReference(world)
      .optional()
      .describe(
        'The certificate of a workload has expired: clients close each new connection to its Pods. What stands, stands.',
      ),
  };
}

/** Faults that last, and all. */
export const LASTING_FAULTS = ['stuckProxy', 'apiServer', 'lag', 'cutOff', 'deploy', 'certificate'] as const;
export const FAULTS = [...LASTING_FAULTS, 'rollback'] as const;

type Given = { [F in keyof ReturnType<typeof faultFields>]?: z.output<ReturnType<typeof faultFields>[F]> };

/** @param length ns; Infinity: to the end of the run @returns undefined: the entry is no fault of these */
export function faultOf(given: Given, length: number, ctx: z.RefinementCtx): ClusterFault | undefined {
  const { stuckProxy, apiServer, lag, cutOff, deploy, rollback, certificate } = given;
  if (stuckProxy !== undefined) return { action: 'stuckProxy', scope: scopeOf(stuckProxy), duration: length };
  if (apiServer !== undefined) return { action: 'apiServer', duration: length };
  if (lag !== undefined) {
    const { watch = 0, endpointSlices = 0, controllers = 0 } = lag;
    if (watch + endpointSlices + controllers === 0)
      return refuse(ctx, 'nothing is late', { expected: 'lag: {watch: 5s}' }, ['lag']);
    return { action: 'lag', watch, endpointSlices, controllers, duration: length };
  }
  if (cutOff !== undefined) return { action: 'cutOff', scope: scopeOf(cutOff), duration: length };
  if (deploy !== undefined) {
    const { deployment, ready, image, slower, errors } = deploy;
    const fault = { ready, pulls: image === 'good', slower, errors };
    return { action: 'deploy', deployment, fault, duration: length };
  }
  if (rollback !== undefined) return { action: 'rollback', deployment: rollback };
  if (certificate !== undefined) return { action: 'certificate', workload: certificate, duration: length };
  return undefined;
}
