import type { Trace } from '../trace/trace.ts';
import {
  type CapacityEvidence,
  capacityOf,
  type EdgeEvidence,
  type EventEvidence,
  edgesOf,
  eventsOf,
  type Flow,
  type PodEnd,
  type PoolEvidence,
  peakRetries,
  podEnds,
  poolOf,
  refusedBeforeServing,
  rootEdge,
} from './evidence.ts';
import { ENDS_OF_FAULTS, FAULTS, faultsAt, faultsOfRulesAt } from './faults.ts';
import { History, POD_TERMINATING } from './history.ts';
import { type Incident, incidentsOf, userSeries } from './incident.ts';
import { type NamesEvidence, namesOf } from './names.ts';
import { workloadBehind } from './summary.ts';

/**
 * The kinds of trouble that the traces of a run can prove, by the layer at fault.
 * - staleAddresses: clients kept sending to addresses that no Pod had any more (discovery)
 * - noEndpoints: the Service had no ready endpoint (selection and readiness)
 * - closedPort: every ready Pod refused, since the Service sends to a port at which none listens (configuration)
 * - earlyReady: connections were refused by Pods that were Ready before they listened (readiness)
 * - terminating: connections were refused by Pods on their way out (shutdown order)
 * - staleRules: nodes kept sending to Pods of the Service that had ended (data plane)
 * - wrongBackend: a reused address answered as another workload (discovery)
 * - deadNode: packets met silence at Pods on a node that had died (failure detection)
 * - names: the name of the Service could not be resolved, or its variable was empty (discovery)
 * - deadService: clients kept sending to the cluster IP of a Service that had been deleted (discovery)
 * - noWayIn: users outside used an address to which no way leads (exposure)
 * - dropped: nodes dropped packets without picking a Pod, although there were ready ones (traffic policy, source ranges)
 * - networkPolicy: a network policy denied the connections
 * - conntrackFull: a node's table of connections was full
 * - noSourcePorts: clients had no source port left
 * - noLoadBalancer: the Service's load balancer has no address
 * - fault: a fault that was set on Pods, a node or a link, or the kernel's own (memory), carries them
 * - imbalance: some ready Pods were busy while others were idle (balancing)
 * - overload: all ready Pods were busy (capacity)
 * - unknown: none of these carries the failures
 */
export type Cause =
  | 'deadNode'
  | 'staleAddresses'
  | 'noEndpoints'
  | 'closedPort'
  | 'earlyReady'
  | 'terminating'
  | 'staleRules'
  | 'wrongBackend'
  | 'names'
  | 'deadService'
  | 'noWayIn'
  | 'dropped'
  | 'networkPolicy'
  | 'conntrackFull'
  | 'noSourcePorts'
  | 'noLoadBalancer'
  | 'fault'
  | 'imbalance'
  | 'overload'
  | 'unknown';

export interface Diagnosis {
  readonly incident: Incident;
  /** ns */
  readonly from: number;
  readonly to: number;
  /** Still going on when the run ended. */
  readonly open: boolean;
  readonly cause: Cause;
  readonly edges: readonly EdgeEvidence[];
  /** Where it began; undefined when no edge fails noticeably. */
  readonly root: EdgeEvidence | undefined;
  readonly workload: string;
  /** Of the root edge's failed attempts: to addresses that nobody has, to live Pods, to none at all (pool, DNS, REJECT). */
  readonly dead: number;
  readonly live: number;
  readonly nowhere: number;
  readonly capacity: CapacityEvidence;
  readonly pool: PoolEvidence;
  readonly retries: { value: number; at: number };
  /** Pods of the workload that were gone when the incident was at its middle. */
  readonly ends: readonly PodEnd[];
  /** Nodes that died before it ended, by name. */
  readonly deadNodes: readonly string[];
  /** What was broken when it began, each with the same reason; empty: nothing that is known. */
  readonly faults: readonly EventEvidence[];
  /** Pods that refused what came before they served anything. */
  readonly earlyPods: number;
  /** Undefined where no DNS server is simulated. */
  readonly names: NamesEvidence | undefined;
  /** What people and controllers did in the ten minutes before it, and around its end. */
  readonly before: readonly EventEvidence[];
  readonly atEnd: readonly EventEvidence[];
}

const ACTIONS = [
  ...FAULTS,
  'NodeFailure',
  'SuccessfulRescale',
  'Drain',
  'NodeReady',
  'DNSFailure',
  'NodeNotReady',
  'Scale',
  'Rollback',
  'RolloutRestart',
  'Apply',
  'Delete',
];
const REPAIRS = [...ENDS_OF_FAULTS, 'Apply', 'Rollback', 'RolloutRestart', 'Scale', 'SuccessfulRescale', 'NodeReady'];

/** What went wrong in a run, from its trace alone; undefined: users got good answers throughout. */
export function diagnose(trace: Trace): Diagnosis | undefined {
  const incident = incidentsOf(trace, userSeries(trace))[0];
  if (incident === undefined) return undefined;
  const { bucket } = trace.header;
  const from = incident.from * bucket;
  const to = Math.min(incident.to * bucket, trace.tables.endedAt);
  const history = new History(trace);
  const edges = edgesOf(trace, incident);
  const root = rootEdge(edges);
  const workload = root ? workloadBehind(trace, root.service) : '';
  // An address that was never a Pod's is a Service's.
  const wasPod = (target: number) => trace.tables.objects[target]!.attributes.formerPod !== null;
  const deadPods =
    root?.flows.reduce(
      (sum, { kind, target, failed }) => (kind === 'Address' && wasPod(target) ? sum + failed : sum),
      0,
    ) ?? 0;
  const failed = (kind: string) =>
    root?.flows.reduce((sum, flow) => (flow.kind === kind ? sum + flow.failed : sum), 0) ?? 0;
  const retries =
    root && !root.isUser ? peakRetries(trace, root.client, incident) : { value: 0, bucket: incident.from };
  const capacity = capacityOf(trace, history, workload, root?.service ?? -1, incident);
  // An attempt that met silence ends when its timeout does: minutes after the node died, with some clients.
  const deaths = eventsOf(trace, ['NodeFailure'], from - 600e9, to);
  const isPortClosed = eventsOf(trace, ['TargetPortClosed'], 0, to).some(({ object }) => object === root?.service);
  const early = refusedBeforeServing(trace, history, root, incident);
  const anyFaults = faultsAt(trace, root, from);
  const faultsOfRules = faultsOfRulesAt(trace, root, from);
  const parts = { dead: failed('Address'), live: failed('Pod'), nowhere: failed('none') };
  const cause =
    tableOrPolicyOf(trace, root, from, to) ??
    causeOf(
      history,
      root,
      { ...parts, deadPods, early: early.refused },
      capacity,
      deaths,
      { isPortClosed, isFaulty: anyFaults.length > 0, keepsRules: faultsOfRules.length > 0 },
      from,
      to,
    );
  return {
    incident,
    from,
    to,
    open: to >= trace.tables.endedAt,
    cause,
    edges,
    root,
    workload,
    ...parts,
    capacity,
    pool: poolOf(trace, root?.client ?? -1, incident),
    retries: { value: retries.value, at: retries.bucket * bucket },
    ends: podEnds(trace, history, workload, (from + to) / 2),
    deadNodes: deaths.map((death) => trace.tables.objects[death.object]!.name),
    faults: cause === 'staleRules' ? faultsOfRules : anyFaults,
    earlyPods: early.pods,
    names: namesOf(trace, incident),
    before: eventsOf(trace, ACTIONS, from - 600e9, from),
    // What came in the first bucket rather began it.
    atEnd: eventsOf(trace, REPAIRS, Math.max(from + bucket, to - 300e9), to),
  };
}

function causeOf(
  history: History,
  root: EdgeEvidence | undefined,
  parts: { dead: number; live: number; nowhere: number; deadPods: number; early: number },
  capacity: CapacityEvidence,
  deaths: readonly EventEvidence[],
  { isPortClosed, isFaulty, keepsRules }: { isPortClosed: boolean; isFaulty: boolean; keepsRules: boolean },
  from: number,
  to: number,
): Cause {
  if (root === undefined) return 'unknown';
  const outcome = (name: string) => root.outcomes.get(name) ?? 0;
  if (outcome('dnsFailure') > 0.3 * root.failed) return 'names';
  if (outcome('wrongBackend') > 0.3 * root.failed) return 'wrongBackend';
  const onDeadNodes = root.flows
    .filter((flow) => flow.kind === 'Pod')
    .filter((flow) => deaths.some((death) => history.at('Pod.node', flow.target, to) === death.object))
    .reduce(
      (sum, flow) => sum + (flow.outcomes.get('connectTimeout') ?? 0) + (flow.outcomes.get('requestTimeout') ?? 0),
      0,
    );
  if (onDeadNodes > 0.3 * root.failed) return 'deadNode';
  // Most clients of an empty Service hang, since nodes ration what they tell one client.
  const unpicked = root.flows.filter((flow) => flow.kind === 'none');
  const unanswered = sumOfOutcomes(unpicked, ['connectTimeout', 'requestTimeout']);
  const rejected = sumOfOutcomes(unpicked, ['refused']);
  if (capacity.emptyShare > 0.5 && rejected + unanswered > 0.3 * root.failed) return 'noEndpoints';
  if (parts.dead > 0.3 * (parts.dead + parts.live)) {
    if (parts.deadPods <= 0.5 * parts.dead) return 'deadService';
    // Who uses the Service's address is sent to a Pod that is gone only until its node has heard of it.
    return /podIP|headless/.test(root.discovery) ? 'staleAddresses' : 'staleRules';
  }
  if (capacity.readyMin > 0 && unanswered > 0.3 * root.failed) return 'dropped';
  const dying = root.flows.filter(
    (flow) => flow.kind === 'Pod' && (history.range('Pod.phase', flow.target, from, to)?.max ?? 0) >= POD_TERMINATING,
  );
  const refusedByDying = dying.reduce((sum, flow) => sum + (flow.outcomes.get('refused') ?? 0), 0);
  if (refusedByDying > 0.3 * root.failed) return keepsRules ? 'staleRules' : 'terminating';
  if (isPortClosed && outcome('refused') > 0.3 * root.failed) return 'closedPort';
  if (parts.early > 0.3 * root.failed) return 'earlyReady';
  if (isFaulty) return 'fault';
  if (capacity.idle < 0.2) return 'overload';
  const onHotPods = root.flows
    .filter((flow) => flow.kind === 'Pod' && capacity.hotPods.includes(flow.target))
    .reduce((sum, flow) => sum + flow.failed, 0);
  if (onHotPods > 0.5 * root.failed && capacity.coldestIdle > 0.5) return 'imbalance';
  return 'unknown';
}

/** Causes of which an event tells, where the outcomes agree. Such a warning is repeated each minute, if at all. */
function tableOrPolicyOf(trace: Trace, root: EdgeEvidence | undefined, from: number, to: number): Cause | undefined {
  if (root === undefined) return undefined;
  const share = (...outcomes: string[]) =>
    outcomes.reduce((sum, outcome) => sum + (root.outcomes.get(outcome) ?? 0), 0) / Math.max(1, root.failed);
  const isSilence = share('connectTimeout', 'requestTimeout') > 0.3;
  const told = (reason: string) => eventsOf(trace, [reason], from - 60e9, to).length > 0;
  if (share('unreachable') > 0.3 && told('SourcePortsExhausted')) return 'noSourcePorts';
  if (isSilence && told('ConntrackTableFull')) return 'conntrackFull';
  const { workload, traffic } = trace.tables.objects[root.client]!.attributes;
  const denials = eventsOf(trace, ['NetworkPolicyDenied'], 0, to);
  const isDenied = denials.some(({ message }) => message.startsWith(`${workload ?? traffic} cannot connect`));
  if (isSilence && isDenied) return 'networkPolicy';
  const pending = eventsOf(trace, ['LoadBalancerPending'], 0, to).some(({ object }) => object === root.service);
  if (pending && root.isUser && share('dnsFailure') > 0.3) return 'noLoadBalancer';
  const isClosed = eventsOf(trace, ['NoWayIn'], 0, to).some(({ object }) => object === root.service);
  return isClosed && root.isUser && isSilence ? 'noWayIn' : undefined;
}

function sumOfOutcomes(flows: readonly Flow[], outcomes: readonly string[]): number {
  return flows.reduce(
    (sum, flow) => sum + outcomes.reduce((all, outcome) => all + (flow.outcomes.get(outcome) ?? 0), 0),
    0,
  );
}
