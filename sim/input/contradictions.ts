import { contradictionsOf } from './client-contradictions.ts';
import type { Faults } from './faults.ts';
import type { ArrivalProcess } from './scenario.ts';
import type { CheckedScenario } from './scenario-schema.ts';
import { typicalOf, warnOfTimes } from './times-that-fit.ts';
import { isThere, type Path, placeOf, type Tree } from './tree.ts';
import { type World, workloadsBehind } from './world.ts';

/** Connections that the kernel lets wait for a process. @source net.core.somaxconn, since Linux 5.4 */
const SOMAXCONN = 4096;
/** A run of more requests takes more than a quarter of an hour. */
const MANY_REQUESTS = 1e9;

/** Warns of settings that are each allowed, and together mean nothing, or not what they say. */
export function warnOfContradictions(scenario: CheckedScenario, tree: Tree, world: World, faults: Faults): void {
  const warn = (path: Path, text: string, fix?: string) => {
    faults.warning(placeOf(tree, path), path, text, fix === undefined ? {} : { fix });
  };
  for (const [name, policy] of Object.entries(scenario.clients)) {
    if (!world.clients.has(name)) continue;
    const isWritten = (...field: string[]) => isThere(tree, 'clients', name, ...field);
    const shortest = shortestRequest(name, scenario, world);
    for (const { field, text, fix } of contradictionsOf(name, policy, isWritten, shortest))
      warn(['clients', name, ...field], text, fix);
  }
  scenario.workloads.forEach(({ concurrency, cores, cpuQuota, queue, backlog, memory }, i) => {
    if (cpuQuota !== null && cpuQuota.quota > cores) {
      warn(
        ['workloads', i, 'cpuQuota'],
        `a quota of ${cpuQuota.quota} cores is more than the ${cores} that compute: it is never used up`,
      );
    }
    if (backlog > SOMAXCONN) {
      const text = `${backlog} connections are more than the ${SOMAXCONN} that a kernel lets wait (net.core.somaxconn)`;
      warn(['workloads', i, 'backlog'], text, `set at most ${SOMAXCONN}, unless the Pods raise it`);
    }
    const room = memory === null ? Infinity : Math.floor((memory.limit - memory.base) / memory.perRequest);
    if (concurrency > room && isThere(tree, 'workloads', i, 'concurrency')) {
      const text = `the memory limit has room for ${Math.max(0, room)} requests at a time, not for ${concurrency}: the kernel kills the process before`;
      warn(['workloads', i, 'concurrency'], text, `set at most ${Math.max(1, room)}, unless that is meant`);
    }
    const isPicky = queue.discipline !== 'fifo' || queue.maxWait < Infinity || queue.controlledDelay !== null;
    if (isPicky && backlog === 0)
      warn(['workloads', i, 'queue'], 'with a backlog of 0 nobody waits, so the queue’s policy is never asked');
    else if (isPicky && concurrency > 50 * cores) {
      const text = `requests wait for one of ${concurrency} places first: with ${cores} cores they are slow long before anybody queues for a place`;
      warn(['workloads', i, 'queue'], text, 'set concurrency to a few for each core');
    }
  });
  scenario.traffic.forEach(({ arrivals }, i) => {
    const requests = expectedRequests(arrivals, scenario.duration);
    if (requests <= MANY_REQUESTS) return;
    const text = `about ${Math.round(requests / 1e6)} million requests would be simulated: hours`;
    warn(['traffic', i, 'arrivals'], text, 'use a smaller load with `representing`, or a shorter duration');
  });
  warnOfTimes(scenario, tree, world, faults, warn);
}

/** Of all that a client asks, the shortest typical CPU time of a request, ns; Infinity: it asks nothing that is described. */
function shortestRequest(client: string, { traffic, workloads }: CheckedScenario, world: World): number {
  const calls = [...traffic, ...workloads.flatMap((workload) => workload.calls)].filter(
    (call) => call.client === client,
  );
  const asked = new Set(calls.flatMap(({ service }) => workloadsBehind(service, world)));
  return Math.min(
    ...workloads.filter(({ workload }) => asked.has(workload)).map(({ serviceTime }) => typicalOf(serviceTime)),
  );
}

/** Of an open loop with known rates; 0: not known. */
function expectedRequests(arrivals: ArrivalProcess, duration: number): number {
  if (arrivals.kind === 'poisson') {
    let sum = 0;
    arrivals.rate.forEach(([time, rate], i) => {
      const [end, next] = arrivals.rate[i + 1] ?? [duration, rate];
      const length = Math.max(0, Math.min(end, duration) - Math.min(time, duration));
      sum += ((rate + next) / 2) * (length / 1e9);
    });
    return sum;
  }
  if (arrivals.kind === 'periodic') return (duration / arrivals.every) * arrivals.callers;
  return 0;
}
