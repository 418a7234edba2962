import type { Pod, Probe } from '../../cluster/api/pod.ts';
import { keyOf, mix, uniform } from '../../engine/hash.ts';
import type { Kinds } from '../../engine/kinds.ts';
import { type ControlContext, SECOND } from '../context.ts';

const kinds = {
  'prober.send': { a: 'pod', b: 'kind and life', run: (prober, pod, tag) => prober.send(pod, tag) },
  'prober.timeout': { a: 'pod', b: 'probe', run: (prober, pod, probe) => prober.timedOut(pod, probe) },
} satisfies Kinds<Prober>;

const STARTUP = 0;
const READINESS = 1;
const LIVENESS = 2;
const NAMES = ['Startup', 'Readiness', 'Liveness'] as const;
const FIELDS = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** The probes of one container's life. */
interface Probed {
  pod: Pod;
  /** Grows at each start, so that events of an earlier container are known to be stale. */
  life: number;
  startupDone: boolean;
  /** By kind: the number of the probe that is under way (0: none), and successes or failures in a row. */
  outstanding: [number, number, number];
  successes: [number, number, number];
  failures: [number, number, number];
}

/** What probes lead to. */
export interface ProbeListener {
  /** Sends it; the answer comes as `Prober.answered`. */
  sendProbe(pod: number, probe: number): void;
  /** The startup probe has succeeded, or there is none. */
  started(pod: number): void;
  ready(pod: number, ready: boolean, why: string): void;
  /** The startup or the liveness probe has failed for good. */
  unhealthy(pod: number, which: string, why: string): void;
  /** A node that is down neither sends nor hears. */
  isSilent(pod: number): boolean;
}

/**
 * The kubelet's probe workers: each probe every period while the one before has been answered or has timed out;
 * thresholds in a row decide; readiness and liveness begin when the startup probe has succeeded.
 * @source kubernetes pkg/kubelet/prober/worker.go; kubernetes.io configure-liveness-readiness-startup-probes
 * @simplifies one container a Pod is probed (the first with ports); a probe's answer costs no network
 */
export class Prober {
  readonly #context: ControlContext;
  readonly #listener: ProbeListener;
  readonly #kind;
  readonly #probed: (Probed | undefined)[] = [];
  #probes = 0;

  constructor(context: ControlContext, listener: ProbeListener) {
    this.#context = context;
    this.#listener = listener;
    this.#kind = context.engine.define<Prober, typeof kinds>(this, kinds);
  }

  /** A container has started. While the cluster settles it has long been started and ready. */
  begin(slot: number, pod: Pod, life: number): void {
    const { settling } = this.#context;
    if (!isProbed(pod)) {
      this.#listener.ready(slot, true, '');
      this.#listener.started(slot);
      return;
    }
    const startup = probeOf(pod, STARTUP);
    const startupDone = startup === undefined || settling;
    const none = (): [number, number, number] => [0, 0, 0];
    this.#probed[slot] = { pod, life, startupDone, outstanding: none(), successes: none(), failures: none() };
    if (probeOf(pod, READINESS) === undefined || settling) this.#listener.ready(slot, true, '');
    if (startupDone) this.#startRunning(slot);
    else this.#schedule(slot, STARTUP, startup.initialDelaySeconds * SECOND);
  }

  /** The container has stopped, or its Pod terminates. */
  end(slot: number): void {
    this.#probed[slot] = undefined;
  }

  answered(slot: number, number: number, ok: boolean): void {
    const probed = this.#probed[slot];
    const kind = probed?.outstanding.indexOf(number) ?? -1;
    if (kind < 0 || this.#listener.isSilent(slot)) return;
    probed!.outstanding[kind] = 0;
    if (ok) this.#succeeded(slot, probed!, kind);
    else this.#failed(slot, probed!, kind, 'probe was refused');
  }

  send(slot: number, tag: number): void {
    const probed = this.#probed[slot];
    const kind = tag & 3;
    if (probed === undefined || probed.life !== tag >> 2) return;
    const probe = probeOf(probed.pod, kind)!;
    // The next probe waits for the end of the last one.
    if (probed.outstanding[kind] === 0 && !this.#listener.isSilent(slot)) {
      const number = ++this.#probes;
      probed.outstanding[kind] = number;
      this.#in(probe.timeoutSeconds * SECOND, this.#kind['prober.timeout'], slot, number);
      this.#listener.sendProbe(slot, number);
    }
    const isCurrent = this.#probed[slot] === probed && !(kind === STARTUP && probed.startupDone);
    if (isCurrent) this.#schedule(slot, kind, probe.periodSeconds * SECOND);
  }

  timedOut(slot: number, number: number): void {
    const probed = this.#probed[slot];
    const kind = probed?.outstanding.indexOf(number) ?? -1;
    if (kind < 0 || this.#listener.isSilent(slot)) return;
    probed!.outstanding[kind] = 0;
    this.#failed(slot, probed!, kind, 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
  }

  #startRunning(slot: number): void {
    const { pod } = this.#probed[slot]!;
    this.#listener.started(slot);
    for (const kind of [READINESS, LIVENESS]) {
      const probe = probeOf(pod, kind);
      if (probe === undefined) continue;
      // What has been there for long was started at some moment before: its probes are at any phase of their period.
      const delay = this.#context.settling
        ? Math.round(uniform(mix(keyOf(pod.metadata.name), kind)) * probe.periodSeconds * SECOND)
        : probe.initialDelaySeconds * SECOND;
      this.#schedule(slot, kind, delay);
    }
  }

  #succeeded(slot: number, probed: Probed, kind: number): void {
    const probe = probeOf(probed.pod, kind)!;
    probed.failures[kind] = 0;
    if (++probed.successes[kind]! < probe.successThreshold) return;
    if (kind === STARTUP && !probed.startupDone) {
      probed.startupDone = true;
      this.#startRunning(slot);
    }
    if (kind === READINESS) this.#listener.ready(slot, true, '');
  }

  #failed(slot: number, probed: Probed, kind: number, why: string): void {
    const probe = probeOf(probed.pod, kind)!;
    probed.successes[kind] = 0;
    if (++probed.failures[kind]! < probe.failureThreshold) return;
    if (kind === READINESS) this.#listener.ready(slot, false, why);
    else this.#listener.unhealthy(slot, NAMES[kind]!, why);
  }

  #schedule(slot: number, kind: number, delay: number): void {
    this.#in(delay, this.#kind['prober.send'], slot, this.#probed[slot]!.life * 4 + kind);
  }

  #in(delay: number, kind: number, a: number, b: number): void {
    const { engine } = this.#context;
    engine.due[0] = engine.clock[0]! + delay;
    engine.schedule(kind, a, b);
  }
}

/** Most Pods of a large cluster are not: they need no state here. */
function isProbed(pod: Pod): boolean {
  return [STARTUP, READINESS, LIVENESS].some((kind) => probeOf(pod, kind) !== undefined);
}

function probeOf({ spec }: Pod, kind: number): Probe | undefined {
  const container = spec.containers.find(({ ports = [] }) => ports.length > 0) ?? spec.containers[0];
  return container?.[FIELDS[kind]!];
}
