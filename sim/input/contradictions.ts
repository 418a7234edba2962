import { formatDuration } from '../cluster/duration.ts';
import type { ClientPolicy } from './client-policy.ts';
import type { Faults } from './faults.ts';
import type { ArrivalProcess } from './scenario.ts';
import type { CheckedScenario } from './scenario-schema.ts';
import { warnOfTimes } from './times-that-fit.ts';
import { type Path, placeOf, type Tree, textAt } from './tree.ts';
import type { World } from './world.ts';

/** Source ports that a Pod has towards one address. @source net.ipv4.ip_local_port_range 32768 60999 */
const SOURCE_PORTS = 28_232;
/** A run of more requests takes more than a quarter of an hour. */
const MANY_REQUESTS = 1e9;

/** Warns of settings that are each allowed, and together mean nothing, or not what they say. */
export function warnOfContradictions(scenario: CheckedScenario, tree: Tree, world: World, faults: Faults): void {
  const warn = (path: Path, text: string, fix?: string) => {
    faults.warning(placeOf(tree, path), path, text, fix === undefined ? {} : { fix });
  };
  for (const [name, policy] of Object.entries(scenario.clients)) {
    if (!world.clients.has(name)) continue;
    for (const { field, text, fix } of ofClient(name, policy)) warn(['clients', name, ...field], text, fix);
    // Presets of people have a connectTimeout of minutes, which nobody wrote.
    const isGiven = textAt(tree, 'clients', name, 'connections', 'connectTimeout') !== undefined;
    if (isGiven && policy.totalTimeout < policy.connectTimeout) {
      const text = `the call ends after ${formatDuration(policy.totalTimeout)}, before its connectTimeout of ${formatDuration(policy.connectTimeout)}`;
      warn(['clients', name, 'totalTimeout'], text);
    }
  }
  scenario.workloads.forEach(({ concurrency, cores, cpuQuota, queue, backlog }, i) => {
    if (cpuQuota !== null && cpuQuota.quota > cores) {
      warn(
        ['workloads', i, 'cpuQuota'],
        `a quota of ${cpuQuota.quota} cores is more than the ${cores} that compute: it is never used up`,
      );
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

interface Contradiction {
  field: string[];
  text: string;
  fix?: string;
}

function ofClient(name: string, policy: ClientPolicy): Contradiction[] {
  const { pool, protocol, timeout, readTimeout, totalTimeout, patience, retries, hedging } = policy;
  const found: Contradiction[] = [];
  if (retries.max !== 0 && Math.min(timeout, readTimeout, totalTimeout) === Infinity) {
    const text = 'retries without a timeout: a request that is never answered is never tried again';
    found.push({ field: ['retries'], text, fix: `set clients.${name}.timeout` });
  }
  const isEndless = retries.max === Infinity && retries.probability === 1 && retries.budget === null;
  if (isEndless && totalTimeout === Infinity && patience === null && !policy.inheritsDeadline) {
    const text = 'calls that fail are tried again for ever: if more come than is served, they do not end';
    found.push({ field: ['retries', 'max'], text, fix: `set clients.${name}.totalTimeout` });
  }
  if (protocol === 'http1' && pool < Infinity && pool > SOURCE_PORTS) {
    const text = `${pool} connections are more than the ${SOURCE_PORTS} source ports that a Pod has towards one address`;
    found.push({ field: ['connections', 'pool'], text });
  }
  if (timeout < Infinity && totalTimeout <= timeout) {
    const text = `an attempt may take ${formatDuration(timeout)}, and the call ends after ${formatDuration(totalTimeout)}`;
    found.push({ field: ['totalTimeout'], text: retries.max !== 0 ? `${text}: retries have no time left` : text });
  }
  if (hedging !== null && 'delay' in hedging.after && hedging.after.delay >= Math.min(timeout, totalTimeout)) {
    const text = `no attempt is sent after ${formatDuration(hedging.after.delay)} beside one that has ended by then`;
    found.push({ field: ['hedging', 'after'], text, fix: 'hedge before the timeout' });
  }
  return found;
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
