import { z } from 'zod';
import { deploymentReference, nodeReference, objectReference, workloadReference } from './references.ts';
import type { TimelineEntry } from './scenario.ts';
import { FAULTS, faultFields, faultOf, LASTING_FAULTS } from './scenario-faults.ts';
import { complain, count, duration, expecting, positiveDuration, refuse, section } from './scenario-fields.ts';
import { linkSection } from './scenario-links.ts';
import { degradeSection, killSection } from './scenario-pod-faults.ts';
import type { Repetition } from './timeline-faults.ts';
import type { World } from './world.ts';

const ACTIONS = [
  'scale',
  'restart',
  'drain',
  'fail',
  'kill',
  'degrade',
  'flush',
  'link',
  'pressure',
  'dns',
  'apply',
  'delete',
  ...FAULTS,
] as const;

/** What lasts for a while. */
const LASTING = ['fail', 'degrade', 'link', 'pressure', 'dns', ...LASTING_FAULTS] as const;

function entry(world: World) {
  return fieldsOf(world).transform((given, ctx): TimelineEntry => {
    const entry = entryOf(given, ctx);
    return given.random === undefined ? entry : { ...entry, random: repetitionOf(given, entry, ctx) };
  });
}

function fieldsOf(world: World) {
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
    kill: killSection(world)
      .optional()
      .describe('Kills the process of Pods, as `kill -9` does: the kubelet starts it again.'),
    degrade: degradeSection(world).optional().describe('Pods or Nodes that are ill, and not dead: gray failures.'),
    link: linkSection(world).optional().describe('A network link that is cut, slow or lossy.'),
    flush: workloadReference(world).optional().describe('Empties the caches in front of the calls of this workload.'),
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
    ...faultFields(world),
    random: section({
      mtbf: positiveDuration().describe(
        'From the end of one to the start of the next: exponential with this mean, from `at` on.',
      ),
      for: positiveDuration()
        .optional()
        .describe('How long each lasts: exponential with this mean. Default: as long as the entry’s `for`.'),
      nodes: z
        .array(nodeReference(world))
        .min(1)
        .optional()
        .describe('Each hits one of these nodes, drawn, in place of the entry’s.'),
    })
      .optional()
      .describe('The entry comes again and again, by chance: drawn from the seed, whatever the requests do.'),
    for: positiveDuration()
      .optional()
      .describe('Of a fault that lasts: until it is mended and undone. Default: to the end of the run.'),
  });
}

type Given = z.output<ReturnType<typeof fieldsOf>>;

function repetitionOf({ random }: Given, entry: TimelineEntry, ctx: z.RefinementCtx): Repetition {
  const { mtbf, for: mean = null, nodes = [] } = random!;
  if (entry.action === 'apply') complain(ctx, 'apply does the same each time', {}, ['random']);
  if (mean !== null && !('duration' in entry)) complain(ctx, `${entry.action} does not last`, {}, ['random', 'for']);
  if ('duration' in entry && mean === null && entry.duration === Number.POSITIVE_INFINITY)
    complain(ctx, 'the first would last for ever', { fix: 'add for: 1m' }, ['random']);
  if (nodes.length > 0 && !('node' in entry) && !('scope' in entry))
    complain(ctx, `${entry.action} here is not of nodes`, { expected: 'an entry that names a node' }, [
      'random',
      'nodes',
    ]);
  return { mtbf, mean, nodes };
}

function entryOf(given: Given, ctx: z.RefinementCtx): TimelineEntry {
  const { at, scale, replicas, restart, drain, fail, pressure, evict } = given;
  const duration = given.for ?? Number.POSITIVE_INFINITY;
  const actions = ACTIONS.filter((action) => given[action] !== undefined);
  if (actions.length !== 1) {
    const what = actions.length === 0 ? 'no action is given' : `${actions.join(' and ')} in one entry`;
    return refuse(ctx, what, { expected: `one of ${ACTIONS.join(', ')}` });
  }
  if (replicas !== undefined && scale === undefined) complain(ctx, 'replicas belongs to scale', {}, ['replicas']);
  if (given.for !== undefined && !LASTING.some((action) => given[action] !== undefined))
    complain(ctx, `for belongs to what lasts: ${LASTING.join(', ')}`, {}, ['for']);
  if (given.apply !== undefined) return { at, action: 'apply', objects: [] };
  if (given.delete !== undefined) return { at, action: 'delete', object: given.delete };
  if (given.delay !== undefined && given.dns !== 'slow') complain(ctx, 'delay belongs to dns: slow', {}, ['delay']);
  if (given.dns !== undefined) {
    return { at, action: 'dns', kind: given.dns, delay: given.delay ?? 1e9, duration };
  }
  if (given.kill !== undefined) return { at, action: 'kill', ...given.kill };
  if (given.flush !== undefined) return { at, action: 'flush', workload: given.flush };
  if (given.link !== undefined) return { at, action: 'link', ...given.link, duration };
  if (given.degrade !== undefined) return { at, action: 'degrade', ...given.degrade, duration };
  if (evict !== undefined && pressure === undefined) complain(ctx, 'evict belongs to pressure', {}, ['evict']);
  const fault = faultOf(given, duration, ctx);
  if (fault !== undefined) return { at, ...fault };
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
}

/** In the order of time; entries at one time keep the order of the file. */
export function timelineSection(world: World) {
  return z
    .array(entry(world))
    .transform((entries) =>
      entries.map((each, i) => (each.action === 'apply' ? { ...each, objects: world.applied[i] ?? [] } : each)),
    );
}
