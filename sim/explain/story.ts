import type { OUTCOMES } from '../trace/outcomes.ts';
import type { Trace } from '../trace/trace.ts';
import { totalsBy } from './buckets.ts';
import { type Diagnosis, diagnose } from './diagnosis.ts';
import { eventsOf, podEnds, wholeRun } from './evidence.ts';
import { FAULTS } from './faults.ts';
import { clock, count, latency, money, percent, plural, span } from './figures.ts';
import { History } from './history.ts';
import { namesOf, whatNamesCost, whyNotFound } from './names.ts';
import { type Summary, workloadBehind } from './summary.ts';

/** One step: what it is about, what is known, and where in the run to look. */
export interface StoryStep {
  title: string;
  text: string;
  /** ns; the moment, or the span, that shows it. */
  at?: number;
  from?: number;
  to?: number;
  /** Trace object. */
  object?: number;
}

export interface Story {
  verdict: string;
  steps: StoryStep[];
}

/** What happened, in the order of evidence: clients, Service, traffic, layer, proof, cure. From the trace alone. */
export function tellStory(trace: Trace, summary: Summary): Story {
  const diagnosis = diagnose(trace);
  return diagnosis === undefined ? quietStory(trace, summary) : incidentStory(trace, summary, diagnosis);
}

function incidentStory(trace: Trace, summary: Summary, diagnosis: Diagnosis): Story {
  const steps = [
    whatClientsSaw,
    whatBegan,
    whatTheServiceKnew,
    whereTrafficWent,
    whatKeptItGoing,
    layerAtFault,
    whatEndedIt,
    whatFixesIt,
  ]
    .map((step) => step(trace, diagnosis, summary))
    .filter((step) => step !== undefined);
  return { verdict: verdictOf(trace, summary, diagnosis), steps };
}

function verdictOf(trace: Trace, summary: Summary, diagnosis: Diagnosis): string {
  const { incident, root, from, to } = diagnosis;
  const users = trafficNames(trace);
  const money_ = lossOf(summary);
  const what = `${percent(incident.failed)} of the requests of ${users} failed for ${span(to - from)}${money_ ? ` (${money_} lost)` : ''}`;
  if (root === undefined) return `${what}; no single cause stands out.`;
  const { serviceName } = root;
  const { capacity } = diagnosis;
  switch (diagnosis.cause) {
    case 'staleAddresses':
      return `${what}: ${root.from} kept sending to Pod addresses of ${serviceName} that no longer existed, while ${plural(capacity.readyMin, 'ready Pod')} behind the Service stood ${percent(capacity.idle)} idle.`;
    case 'deadNode':
      return `${what}: packets to Pods of ${serviceName} on ${diagnosis.deadNodes.join(', ')} met silence, until the Service dropped them.`;
    case 'names':
      return `${what}: ${root.from} could not find ${serviceName}, because ${whyNotFound(diagnosis.names, root)}.`;
    case 'deadService':
      return `${what}: ${root.from} kept sending to the cluster IP of a Service ${serviceName} that had been deleted.`;
    case 'wrongBackend':
      return `${what}: ${root.from} kept sending to addresses of ${serviceName} that now belong to another workload.`;
    case 'noEndpoints':
      return `${what}: Service ${serviceName} had no ready endpoint${because(trace, diagnosis)}.`;
    case 'closedPort':
      return `${what}: nothing listens where ${serviceName} sends, for ${toldOfService(trace, diagnosis, 'TargetPortClosed')}.`;
    case 'noWayIn':
      return `${what}: ${toldOfService(trace, diagnosis, 'NoWayIn')}, so what users send to ${serviceName} is lost.`;
    case 'dropped':
      return `${what}: nodes dropped packets for ${serviceName} without picking a Pod, although ${plural(capacity.readyMin, 'ready Pod')} stood behind the Service.`;
    case 'networkPolicy':
      return `${what}: a network policy keeps ${root.from} from connecting to the Pods of ${serviceName}.`;
    case 'conntrackFull':
      return `${what}: a node's connection table was full, so new connections to ${serviceName} were dropped.`;
    case 'noSourcePorts':
      return `${what}: ${root.from} had no source port left for new connections to ${serviceName}.`;
    case 'noLoadBalancer':
      return `${what}: the load balancer of ${serviceName} has no address; it is <pending>.`;
    case 'terminating':
      return `${what}: Pods of ${serviceName} refused connections while they were being replaced.`;
    case 'earlyReady':
      return `${what}: ${plural(diagnosis.earlyPods, 'Pod')} of ${serviceName} counted as Ready before ${diagnosis.earlyPods === 1 ? 'it' : 'they'} listened, and refused connections until then.`;
    case 'staleRules':
      return `${what}: nodes kept sending to Pods of ${serviceName} that had ended${diagnosis.faults.length === 0 ? '' : `; ${lowerFirst(toldOfFaults(diagnosis))}`}.`;
    case 'fault':
      return `${what}: ${lowerFirst(toldOfFaults(diagnosis))}.`;
    case 'imbalance':
      return `${what}: ${plural(capacity.hotPods.length, 'Pod')} of ${serviceName} had more than they could serve, while others stood up to ${percent(capacity.coldestIdle)} idle: connections are balanced, and not what goes over them.`;
    case 'overload':
      return `${what}: the ready Pods of ${serviceName} were ${percent(1 - capacity.idle)} busy, and the load was more than they could serve.`;
    case 'unknown':
      return `${what}; most failures were between ${root.from} and ${serviceName}.`;
  }
}

function whatClientsSaw(trace: Trace, { incident, from, to }: Diagnosis, summary: Summary): StoryStep {
  const ended = totalsBy<string>(trace, 'user.ended', {}, 'outcome', incident);
  const worst = [...ended]
    .filter(([outcome]) => !['ok', 'okAfterRetry', 'inFlight'].includes(outcome))
    .sort((a, b) => b[1] - a[1]);
  const all = [...ended.values()].reduce((sum, n) => sum + n, 0);
  const parts = worst.slice(0, 3).map(([outcome, n]) => `${percent(n / all)} ${IN_WORDS[outcome] ?? outcome}`);
  const loss = lossOf(summary);
  return {
    title: 'What clients saw',
    text:
      `From ${clock(from)} to ${clock(to)}, ${count(incident.failedCount)} of ${count(all)} requests failed: ${parts.join(', ')}.` +
      (loss ? ` That is ${count(summary.business!.failedOrders)} orders, of which some come back: ${loss} lost.` : ''),
    from,
    to,
  };
}

/** Of faults of one kind. */
const MOST_TOLD = 6;

function whatBegan(_: Trace, diagnosis: Diagnosis): StoryStep | undefined {
  const { before, ends, workload, from } = diagnosis;
  if (before.length === 0 && ends.length === 0) return undefined;
  const parts: string[] = [];
  const rescales = before.filter((event) => event.reason === 'SuccessfulRescale');
  if (rescales.length > 0) {
    const last = rescales.at(-1)!;
    parts.push(
      `at ${clock(rescales[0]!.at)} the HorizontalPodAutoscaler began to scale (${last.message.replace(/;.*/, '').toLowerCase()} by ${clock(last.at)})`,
    );
  }
  const nodes = before.filter((event) => event.reason === 'NodeReady');
  if (nodes.length > 0) parts.push(`${plural(nodes.length, 'node')} joined from ${clock(nodes[0]!.at)} on`);
  for (const reason of ['NodeFailure', ...FAULTS]) {
    const faults = before.filter((event) => event.reason === reason);
    for (const { at, message } of faults.slice(0, MOST_TOLD)) parts.push(`at ${clock(at)} ${message}`);
    if (faults.length > MOST_TOLD) parts.push(`${faults.length - MOST_TOLD} more like it`);
  }
  const restarts = before.filter((event) => event.reason === 'RolloutRestart' || event.reason === 'Scale');
  for (const restart of restarts) parts.push(`at ${clock(restart.at)}: ${restart.message}`);
  const early = ends.filter((end) => end.at <= from + 900e9);
  if (early.length > 0) {
    const evicted = early.filter((end) => end.reason === 'Evicted').length;
    const removed = early.length - evicted;
    const why = [
      evicted > 0 ? `${evicted} evicted from drained nodes` : '',
      removed > 0 ? `${removed} removed by scaling or a rollout` : '',
    ].filter(Boolean);
    parts.push(
      `between ${clock(early[0]!.at)} and ${clock(early.at(-1)!.at)}, ${plural(early.length, 'Pod')} of ${workload} went away (${why.join(', ')})`,
    );
  }
  if (parts.length === 0) return undefined;
  const text = parts.join('; ');
  return {
    title: 'What began it',
    text: `${text[0]!.toUpperCase()}${text.slice(1)}.`,
    at: early[0]?.at ?? before[0]!.at,
  };
}

function whatTheServiceKnew(trace: Trace, diagnosis: Diagnosis): StoryStep | undefined {
  const { root, capacity, from, to } = diagnosis;
  if (root === undefined) return undefined;
  const service = trace.tables.objects[root.service]!;
  const ready =
    capacity.readyMin === capacity.readyMax
      ? plural(capacity.readyMin, 'ready endpoint')
      : `${capacity.readyMin} to ${plural(capacity.readyMax, 'ready endpoint')}`;
  if (service.attributes.clusterIP === '' && capacity.readyMax === 0) {
    const text = `There was no Service ${service.name} in namespace ${service.attributes.namespace}.`;
    return { title: 'What the Service knew', text, from, to, object: root.service };
  }
  const address = service.attributes.clusterIP === 'None' ? 'headless' : String(service.attributes.clusterIP);
  const fresh =
    capacity.freshPods > 0
      ? ` ${plural(capacity.freshPods, 'Pod')} had come since the start; while published they were ${percent(capacity.freshIdle)} idle.`
      : '';
  return {
    title: 'What the Service knew',
    text: `Service ${service.name} (${address}) existed and published ${ready} all the while.${fresh}`,
    from,
    to,
    object: root.service,
  };
}

function whereTrafficWent(trace: Trace, diagnosis: Diagnosis): StoryStep | undefined {
  const { root, dead, live, nowhere, from, to } = diagnosis;
  if (root === undefined || root.attempts === 0) return undefined;
  const addresses = root.flows.filter((flow) => flow.kind === 'Address');
  const toDead = addresses.reduce((sum, flow) => sum + flow.attempts, 0);
  const sentences = [`${root.from} made ${count(root.attempts)} attempts on ${root.serviceName}`];
  if (toDead > 0) {
    sentences.push(
      `${percent(toDead / root.attempts)} went to ${plural(addresses.length, 'address')} that no Pod had any more (${addresses
        .slice(0, 3)
        .map((flow) => trace.tables.objects[flow.target]!.name)
        .join(', ')}${addresses.length > 3 ? ', …' : ''})`,
    );
  }
  const busiest = root.flows.filter((flow) => flow.kind === 'Pod' && flow.failed > 0.2 * flow.attempts);
  if (busiest.length > 0 && live > 0.02 * root.failed) {
    const attempts = busiest.reduce((sum, flow) => sum + flow.attempts, 0);
    sentences.push(
      `${percent(attempts / root.attempts)} went to ${plural(busiest.length, 'Pod')} that failed more than a fifth of them`,
    );
  }
  if (nowhere > 0.02 * root.failed) {
    sentences.push(
      `${percent(nowhere / root.attempts)} were sent to no Pod, for want of a connection, an address or an endpoint`,
    );
  }
  const outcomes = [...root.outcomes].filter(([outcome]) => outcome !== 'inFlight').sort((a, b) => b[1] - a[1]);
  const ended = outcomes.reduce((sum, [, n]) => sum + n, 0);
  const shares = outcomes.slice(0, 4).map(([outcome, n]) => `${outcome} ${percent(n / ended)}`);
  return {
    title: 'Where the traffic went',
    text: `${sentences.join('; ')}. Of those that ended: ${shares.join(', ')}.${dead > 0 ? ' A packet to an address that nobody has gets no answer: each costs a whole connect timeout.' : ''}`,
    from,
    to,
    object: addresses[0]?.target ?? root.client,
  };
}

function whatKeptItGoing(trace: Trace, diagnosis: Diagnosis): StoryStep | undefined {
  const { root, retries, pool } = diagnosis;
  if (root === undefined || root.isUser) return undefined;
  const sentences: string[] = [];
  if (retries.value >= 0.1) {
    sentences.push(
      `from ${clock(retries.at)} on each call of ${root.from} cost up to ${retries.value.toFixed(1)} retries`,
    );
  }
  if (pool.size > 0 && pool.peakWaiting > 0) {
    sentences.push(
      `its pools, one a process, had ${count(pool.peakInUse)} of ${count(pool.size)} connections in use at the peak, and those of the stuck processes were full: ${plural(pool.peakWaiting, 'call')} waited at ${clock(pool.peakAt * trace.header.bucket)}`,
    );
    if (!Number.isNaN(pool.waitP99)) sentences.push(`the wait for a connection reached ${latency(pool.waitP99)} (p99)`);
  }
  if (sentences.length === 0) return undefined;
  const text = sentences.join('; ');
  return {
    title: 'What kept it going',
    text: `${text[0]!.toUpperCase()}${text.slice(1)}.`,
    at: retries.at,
    object: root.client,
  };
}

function layerAtFault(trace: Trace, diagnosis: Diagnosis): StoryStep {
  const { root, cause, dead, live, nowhere, capacity, edges } = diagnosis;
  const failed = dead + live + nowhere;
  const other = edges.find(
    (edge) => edge.service === root?.service && edge !== root && edge.failed < 0.01 * edge.attempts,
  );
  const healthy = edges
    .filter((edge) => edge !== root && !edge.isUser && edge.attempts > 0 && edge.failed < 0.01 * edge.attempts)
    .map((edge) => `${edge.from} to ${edge.serviceName} ${percent(1 - edge.failed / edge.attempts)}`);
  const elsewhere =
    healthy.length > 0
      ? ` Other calls went well (${healthy.slice(0, 3).join(', ')}), so neither the network nor DNS was down.`
      : '';
  const text: Record<Diagnosis['cause'], string> = {
    staleAddresses: `Discovery: how ${root?.from} finds ${root?.serviceName}. ${percent(dead / Math.max(1, dead + live))} of the failures that reached the network were at addresses that nobody has, and ${root?.from} went on using them although the Service named others.`,
    wrongBackend: `Discovery: ${root?.from} uses addresses that have been given to other Pods, which answer, but not as ${root?.serviceName}.`,
    names:
      `Discovery: ${percent((root?.outcomes.get('dnsFailure') ?? 0) / Math.max(1, root?.failed ?? 0))} of the failures never left ${root?.from}, since it had no address to send to. ${whatNamesCost(diagnosis.names) ?? ''}`.trimEnd(),
    deadService: `Discovery: ${root?.from} learned the cluster IP of ${root?.serviceName} once, and the Service was deleted; one that is created anew has another address.`,
    deadNode: `The node: ${diagnosis.deadNodes.join(', ')} died, and for the grace period (50 s) nobody knew: the Service went on naming its Pods, and a packet to them gets no answer. Each attempt costs a whole connect or request timeout.`,
    noEndpoints: `Selection or readiness: the name resolves and the Service exists, but no ready Pod stands behind it${because(trace, diagnosis)}. Its address answers with an ICMP error, which nodes ration: the first few clients are refused at once, the others hang.`,
    closedPort: `The Service's port: ${toldOfService(trace, diagnosis, 'TargetPortClosed')}. Readiness is probed at the Pod, and slices name any number, so nothing looks wrong.`,
    noWayIn: `The way in: ${toldOfService(trace, diagnosis, 'NoWayIn')}. Nothing answers, so each attempt costs a whole connect timeout; from inside the cluster the Service works.`,
    dropped: `The nodes' rules: packets got no answer before any Pod was picked. Under a traffic policy Local a node without an endpoint of its own drops what it gets, and so does a load balancer's address for clients outside its source ranges.`,
    networkPolicy: `Network policy: ${toldBy(trace, 'NetworkPolicyDenied')}. What is denied gets no answer: each attempt costs a whole connect timeout.`,
    conntrackFull: `The kernel of a node: ${toldBy(trace, 'ConntrackTableFull')}. An entry stays for two minutes after its connection was closed.`,
    noSourcePorts: `The clients' kernel: ${toldBy(trace, 'SourcePortsExhausted')}. Who closes a connection first keeps its port for a minute.`,
    noLoadBalancer: `The cluster: ${toldBy(trace, 'LoadBalancerPending')}.`,
    terminating: `Shutdown order: a Pod's SIGTERM and its removal from the Service begin together, so for a moment nodes still send to a Pod that has closed its port.`,
    earlyReady: `Readiness: ${plural(diagnosis.earlyPods, 'Pod')} of ${root?.serviceName} ${diagnosis.earlyPods === 1 ? 'was' : 'were'} published as Ready and refused what came, having served nothing yet. Without a readiness probe a Pod is Ready as soon as its containers run, whether or not a process listens.`,
    staleRules: `The nodes' rules: the Service named other Pods, and nodes went on sending to those that had ended${diagnosis.faults.length === 0 ? ', since they had not yet heard' : `. ${toldOfFaults(diagnosis)}`}.`,
    fault: `A fault that was set: ${toldOfFaults(diagnosis)}.`,
    imbalance: `Balancing: a Pod is picked when a connection is made. ${plural(capacity.hotPods.length, 'Pod')} of ${root?.serviceName} kept the connections that it had, and others (${percent(capacity.coldestIdle)} idle at most) got none or few.`,
    overload: `Capacity: every ready Pod of ${root?.serviceName} was busy (${percent(1 - capacity.idle)} of its CPU), so requests waited longer than their callers did.`,
    unknown: `No layer stands out: of ${count(failed)} failed attempts, ${count(dead)} went to dead addresses, ${count(live)} to live Pods and ${count(nowhere)} nowhere.`,
  };
  return {
    title: 'Which layer was at fault, and how that is known',
    text: text[cause] + (other ? ` ${other.from} reached the same Service without trouble.` : '') + elsewhere,
    at: diagnosis.from,
    ...(root ? { object: root.client } : {}),
  };
}

/** Why a Service had nobody, in brackets; empty where no event tells. */
function because(trace: Trace, diagnosis: Diagnosis): string {
  const message = toldOfService(trace, diagnosis, 'NoReadyEndpoints');
  return message === '' ? '' : ` (${message})`;
}

/** What was said of the Service in trouble and held in the middle of the incident, or else first. */
function toldOfService(trace: Trace, { root, from, to }: Diagnosis, reason: string): string {
  const events = eventsOf(trace, [reason], 0, to).filter(({ object }) => object === root?.service);
  return (events.findLast(({ at }) => at <= (from + to) / 2) ?? events[0])?.message ?? '';
}

/** What was broken when it began. */
function toldOfFaults({ faults }: Diagnosis): string {
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more like it)` : '';
  return `${faults[0]?.message ?? ''}${more}`;
}

/** What the first event of a reason says. */
function toldBy(trace: Trace, reason: string): string {
  return eventsOf(trace, [reason], 0, trace.tables.endedAt)[0]?.message ?? '';
}

function whatEndedIt(trace: Trace, { atEnd, to, open, root }: Diagnosis): StoryStep | undefined {
  if (open) return { title: 'What ended it', text: 'Nothing: it was still going on when the run ended.', at: to };
  const last = atEnd.at(-1);
  if (last === undefined) return undefined;
  const isOfClient = trace.tables.objects[last.object]!.name === root?.from;
  const effect =
    last.reason === 'RolloutRestart' && isOfClient ? `; the new processes looked ${root.serviceName} up anew` : '';
  return {
    title: 'What ended it',
    text: `At ${clock(last.at)}: ${last.message}${effect}. By ${clock(to)} users were served again.`,
    at: last.at,
  };
}

function whatFixesIt(trace: Trace, { cause, root, capacity }: Diagnosis): StoryStep | undefined {
  if (root === undefined) return undefined;
  const { serviceName, from } = root;
  const neverWas = trace.tables.objects[root.service]!.attributes.clusterIP === '' && capacity.readyMax === 0;
  const fixes: Partial<Record<Diagnosis['cause'], string>> = {
    staleAddresses: `Let ${from} connect to the Service's name (http://${serviceName}) instead of Pod addresses: the name stays, and the Service follows the Pods. At once: restart ${from}, so that it looks the addresses up again.`,
    wrongBackend: `Let ${from} connect to the Service's name instead of Pod addresses.`,
    names: neverWas
      ? `A short name is looked for in the caller's namespace: write the namespace behind it, ${serviceName}.NAMESPACE, or the whole name.`
      : `Names are looked up when a connection is opened: connections that are kept, a cache (NodeLocal DNSCache) and a dot at the end of the name ask less; a Service that must be known by its variables has to be there before the Pods.`,
    deadService: `Let ${from} find ${serviceName} by its name instead of environment variables. At once: restart ${from}.`,
    deadNode: `Short connect timeouts and a retry turn silence into a short delay; Pods spread over nodes and zones lose less. The grace period itself is the cluster's (--node-monitor-grace-period).`,
    closedPort: `Let targetPort be the port at which the container listens, by its name (http instead of a number), and protocol the one that it speaks.`,
    noEndpoints: `Compare the Service's selector with the Pods' labels, then the Pods' readiness.`,
    noWayIn: `Let users come by a load balancer, an Ingress or a Gateway, or by a node port that the firewall lets in.`,
    dropped: `Let ${serviceName} have a Pod on each node that gets its traffic, set the policy to Cluster, or let the load balancer's health checks be quicker than a Pod's shutdown; compare its source ranges with the clients' addresses.`,
    networkPolicy: `Let the policy name ${from} and the port of the Pods (not that of the Service).`,
    conntrackFull: `Keep connections alive instead of opening one for each request; a larger nf_conntrack_max, or shorter timeouts, put the limit further away.`,
    noSourcePorts: `Keep connections alive instead of opening one for each request; more clients, or a wider net.ipv4.ip_local_port_range, put the limit further away.`,
    noLoadBalancer: `Run a controller for load balancers (a cloud's, or MetalLB), or use a node port.`,
    terminating: `Give the Pods of ${serviceName} a preStop hook that sleeps a few seconds, longer than the endpoint change takes to reach every node.`,
    earlyReady: `Give the Pods of ${serviceName} a readinessProbe that asks the port at which they serve (httpGet, tcpSocket or grpc).`,
    staleRules: `Restart the kube-proxies (or agents) of those nodes, and let an alert watch the age of their last sync (kubeproxy_sync_proxy_rules_last_timestamp_seconds). A preStop hook that sleeps longer than nodes take to hear spans what is short.`,
    imbalance: `Close connections after a while (a maximum age with jitter, at the server or the client), balance requests at the client over the Pods of a headless Service, or put a proxy between that balances them.`,
    overload: `More replicas or CPU for ${serviceName}, or less load: fewer retries, a retry budget, shorter queues.`,
  };
  const text = fixes[cause];
  return text === undefined ? undefined : { title: 'What fixes it', text };
}

/** A run in which users were served: what happened all the same, and why it did not matter. */
function quietStory(trace: Trace, summary: Summary): Story {
  const { objects } = trace.tables;
  const users = trafficNames(trace);
  const { sent } = summary.requests;
  if (sent === 0) {
    const verdict = `No request of ${users} arrived: the run ended after ${span(trace.tables.endedAt)}.`;
    return { verdict, steps: [] };
  }
  const history = new History(trace);
  const good = summary.requests.ok! + summary.requests.okAfterRetry!;
  const sources = Object.values(summary.traffic);
  const overdue = sources.reduce((sum, source) => sum + source.unanswered.overdue, 0);
  const success = good / Math.max(1, sent - summary.requests.inFlight! + overdue);
  const steps: StoryStep[] = [];
  let replaced = 0;
  objects.forEach((object, service) => {
    if (object.kind !== 'Service') return;
    const workload = workloadBehind(trace, service);
    const ends = podEnds(trace, history, workload, trace.tables.endedAt);
    const clients = objects.flatMap((client, id) =>
      client.kind === 'Client' && client.attributes.target === service && client.attributes.workload !== undefined
        ? [id]
        : [],
    );
    if (ends.length === 0 || clients.length === 0) return;
    replaced += ends.length;
    const ready = history.range('Service.readyEndpoints', service, 0, trace.tables.endedAt);
    steps.push({
      title: `What happened to ${workload}`,
      text: `${plural(ends.length, 'Pod')} went away between ${clock(ends[0]!.at)} and ${clock(ends.at(-1)!.at)}; Service ${object.name} had ${ready?.min ?? 0} to ${plural(ready?.max ?? 0, 'ready endpoint')} throughout, and ${clients.map((id) => String(objects[id]!.attributes.workload).replace(/^.*\//, '')).join(', ')} followed it.`,
      from: ends[0]!.at,
      to: ends.at(-1)!.at,
      object: service,
    });
  });
  const drains = eventsOf(trace, ['Drain'], 0, trace.tables.endedAt);
  if (drains.length > 0) {
    steps.push({
      title: 'What the cluster autoscaler did',
      text: `${plural(drains.length, 'node')} ${drains.length === 1 ? 'was' : 'were'} drained from ${clock(drains[0]!.at)} on.`,
      at: drains[0]!.at,
    });
  }
  const p99 = Object.values(summary.traffic)[0]?.latency.p99;
  steps.unshift({
    title: 'What clients saw',
    text: `${count(good)} of ${count(sent)} requests got a good answer (${percent(success)} of those that were answered or waited for long); p99 ${latency((p99 ?? Number.NaN) * 1e9)}.`,
  });
  const cost = whatNamesCost(namesOf(trace, wholeRun(trace)));
  if (cost !== undefined) steps.push({ title: 'What names cost', text: cost });
  const churn =
    replaced > 0
      ? `, although ${plural(replaced, 'Pod')} behind its Services ${replaced === 1 ? 'was' : 'were'} replaced`
      : '';
  if (overdue > 0.01 * sent) {
    const oldest = Math.max(...sources.map((source) => source.unanswered.oldest));
    const verdict = `${count(overdue)} of ${count(sent)} requests of ${users} had no answer when the run ended, after up to ${span(oldest * 1e9)}: they hang, and their clients wait${churn}.`;
    return { verdict, steps };
  }
  const names =
    cost === undefined
      ? ''
      : `; lookups that lost a query made some of them wait (p99 ${latency((p99 ?? Number.NaN) * 1e9)})`;
  return {
    verdict: `No incident: ${percent(success)} of the requests of ${users} got a good answer${churn}${names}.`,
    steps,
  };
}

function trafficNames(trace: Trace): string {
  return trace.tables.objects
    .filter((object) => object.kind === 'Traffic')
    .map((object) => object.name)
    .join(' and ');
}

function lossOf(summary: Summary): string {
  return summary.business && summary.business.lost >= 1 ? money(summary.business.lost, summary.business.currency) : '';
}

const IN_WORDS: Partial<Record<string, string>> = {
  abandoned: 'gave up waiting',
  httpError: 'got an error page',
  refused: 'were refused',
  connectTimeout: 'could not connect',
  dnsFailure: 'could not resolve a name',
  requestTimeout: 'timed out',
  reset: 'were cut off',
} satisfies Partial<Record<(typeof OUTCOMES)[number], string>>;

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
