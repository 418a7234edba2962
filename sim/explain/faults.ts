import type { Trace } from '../trace/trace.ts';
import { type EdgeEvidence, type EventEvidence, eventsOf } from './evidence.ts';

/** Faults that events tell of, and that no other evidence names: by reason, that of the event which ends it; null: it is over at once. */
const ENDS: Readonly<Record<string, string | null>> = {
  Degraded: 'DegradationEnded',
  LinkFault: 'LinkRestored',
  Killed: null,
  OOMKilled: null,
  ProxyStuck: 'ProxyResumed',
  APIServerDown: 'APIServerUp',
  ControlPlaneLag: 'ControlPlaneCaughtUp',
  NodeCutOff: 'NodeReconnected',
  Deploy: null,
  CertificateExpired: 'CertificateRenewed',
  CacheFlushed: null,
};

export const FAULTS = Object.keys(ENDS);
export const ENDS_OF_FAULTS = Object.values(ENDS).filter((reason) => reason !== null);

/** Those by which nodes hear late of Pods that come and go. */
const KEEPS_RULES = ['ProxyStuck', 'APIServerDown', 'ControlPlaneLag', 'NodeCutOff'];

/** A fault may begin a bucket's length after its first trace, and be felt for a while after its end, ns. */
const LATE = 60e9;
const AFTERMATH = 120e9;
/** When the kernel gives a connection attempt up, ns. @source net.ipv4.tcp_syn_retries 6 */
const KERNEL_PATIENCE = 131e9;
/** A silence that is longer is not looked behind, ns. */
const LONGEST_SILENCE = 600e9;

/** What was broken when an incident began at `from` (ns), or had been shortly before: the last that began, with those like it. */
export function faultsAt(trace: Trace, root: EdgeEvidence | undefined, from: number): EventEvidence[] {
  return lastOf(activeAt(trace, FAULTS, root, from));
}

/** The same, of what keeps nodes from hearing of Pods that come and go. */
export function faultsOfRulesAt(trace: Trace, root: EdgeEvidence | undefined, from: number): EventEvidence[] {
  return lastOf(activeAt(trace, KEEPS_RULES, root, from));
}

function activeAt(
  trace: Trace,
  reasons: readonly string[],
  root: EdgeEvidence | undefined,
  from: number,
): EventEvidence[] {
  const since = from - AFTERMATH - silenceOf(trace, root);
  const ends = eventsOf(trace, ENDS_OF_FAULTS, 0, since);
  return eventsOf(trace, reasons, 0, from + LATE).filter(({ at, object, reason }) => {
    if (at >= since) return true;
    const end = ENDS[reason];
    return end !== null && !ends.some((each) => each.reason === end && each.object === object && each.at >= at);
  });
}

/** How long before its end a failed attempt may have begun: what met silence tells of it only when its timeout is over. */
function silenceOf(trace: Trace, root: EdgeEvidence | undefined): number {
  if (root === undefined) return 0;
  const { timeout, connectTimeout } = trace.tables.objects[root.client]!.attributes;
  const waits = [
    root.outcomes.has('connectTimeout') ? Math.min(Number(connectTimeout ?? Infinity), KERNEL_PATIENCE) : 0,
    root.outcomes.has('requestTimeout') ? Number(timeout ?? Infinity) : 0,
  ];
  return Math.min(LONGEST_SILENCE, Math.max(...waits));
}

function lastOf(events: readonly EventEvidence[]): EventEvidence[] {
  const last = events.at(-1);
  return events.filter(({ at, reason }) => at === last?.at && reason === last.reason);
}
