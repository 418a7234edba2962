import { formatDuration } from '../cluster/duration.ts';
import type { Degradation, DNSFault, LinkFault, PodCount, PodFault, TimelineEntry } from '../input/scenario.ts';
import type { ControlContext } from './context.ts';
import type { Mends } from './mends.ts';
import { recordOfWorkload } from './record-workload.ts';

const ACTIONS = ['dns', 'degrade', 'link', 'kill', 'flush'] as const;

type Of<A extends TimelineEntry['action']> = Extract<TimelineEntry, { action: A }>;
type TrafficFault = Of<(typeof ACTIONS)[number]>;

export function isTrafficFault(entry: TimelineEntry): entry is TrafficFault {
  return (ACTIONS as readonly string[]).includes(entry.action);
}

/** What carries the traffic and can break; it is no part of the control plane. */
export interface Carriers {
  breakDNS(fault: DNSFault): void;
  /** @returns how many Pods are ill now, and what mends them */
  degrade(fault: PodFault): { pods: number; mend: () => void };
  /** @returns what mends the link */
  disturb(fault: LinkFault, duration: number): () => void;
  /** @returns how many processes were killed */
  kill(workload: string, pods: PodCount): number;
  flush(workload: string): void;
}

/** Faults of what carries the traffic: Pods at work, links, caches, the DNS server. Events tell of each. */
export class TrafficFaults {
  readonly #context: ControlContext;
  readonly #mends: Mends;
  readonly #carriers: Carriers;

  constructor(context: ControlContext, mends: Mends, carriers: Carriers) {
    this.#context = context;
    this.#mends = mends;
    this.#carriers = carriers;
  }

  begin(fault: TrafficFault): void {
    switch (fault.action) {
      case 'dns':
        return this.#breakDNS(fault);
      case 'degrade':
        return this.#degrade(fault);
      case 'link':
        return this.#disturb(fault);
      case 'kill':
        return this.#kill(fault);
      case 'flush':
        return this.#flush(fault);
    }
  }

  #degrade(fault: Of<'degrade'>): void {
    const { pods, mend } = this.#carriers.degrade(fault);
    const scope = 'workload' in fault ? `${fault.workload}` : 'node' in fault ? fault.node : `zone ${fault.zone}`;
    const what = 'workload' in fault ? describe(fault.degradation) : `everything takes ${fault.slower} times as long`;
    const tell = (reason: string, text: string) => {
      if ('workload' in fault) this.#tell(fault.workload, reason, text);
      else this.#tellOfCluster(reason, text);
    };
    tell('Degraded', `${countOfPods(pods)} of ${scope}: ${what}, for ${formatDuration(fault.duration)}`);
    this.#mends.after(fault.duration, () => {
      tell('DegradationEnded', `${countOfPods(pods)} of ${scope} ${pods === 1 ? 'is' : 'are'} well again`);
      mend();
    });
  }

  #disturb(fault: Of<'link'>): void {
    const what = [
      ...(fault.isCut ? ['is cut'] : []),
      ...(fault.delay + fault.jitter > 0 ? [`is slower by ${formatDuration(fault.delay + fault.jitter)} at most`] : []),
      ...(fault.loss > 0 ? [`loses ${Math.round(fault.loss * 1000) / 10} % of its packets`] : []),
    ].join(' and ');
    const [one, other] = fault.between.map((side) => ('name' in side ? `${side.kind} ${side.name}` : side.kind));
    const where = `The network between ${one} and ${other}`;
    this.#tellOfCluster('LinkFault', `${where} ${what}, for ${formatDuration(fault.duration)}`);
    const mend = this.#carriers.disturb(fault, fault.duration);
    this.#mends.after(fault.duration, () => {
      this.#tellOfCluster('LinkRestored', `${where} is as it was`);
      mend();
    });
  }

  #kill({ workload, pods }: Of<'kill'>): void {
    const count = this.#carriers.kill(workload, pods);
    this.#tell(workload, 'Killed', `The process of ${countOfPods(count)} of ${workload} is killed`);
  }

  #flush({ workload }: Of<'flush'>): void {
    this.#carriers.flush(workload);
    this.#tell(workload, 'CacheFlushed', `The caches in front of ${workload}'s calls are empty`);
  }

  #breakDNS(fault: Of<'dns'>): void {
    const { store, record } = this.#context;
    const service = store.get('Service', 'kube-system', 'kube-dns');
    const what = { down: 'answers nothing', servfail: 'answers with failures', slow: 'answers late' }[fault.kind];
    const text = `The DNS server ${what}, for ${formatDuration(fault.duration)}`;
    if (service !== undefined) record('error', service, 'DNSFailure', text);
    this.#carriers.breakDNS(fault);
  }

  #tell(workload: string, reason: string, text: string): void {
    recordOfWorkload(this.#context, workload, reason, text);
  }

  /** The first Node stands for the cluster as a whole. */
  #tellOfCluster(reason: string, text: string): void {
    const [node] = this.#context.store.list('Node');
    if (node !== undefined) this.#context.record('error', node, reason, text);
  }
}

function describe({ slower, errors, status, hangs }: Degradation): string {
  const parts = [
    ...(slower > 1 ? [`requests take ${slower} times as long`] : []),
    ...(errors > 0 ? [`${Math.round(errors * 1000) / 10} % of requests end with ${status}`] : []),
    ...(hangs ? ['requests are accepted and not answered'] : []),
  ];
  return parts.join(', ');
}

function countOfPods(count: number): string {
  return count === 1 ? '1 Pod' : `${count} Pods`;
}
