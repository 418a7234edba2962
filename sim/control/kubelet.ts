import { formatIPv4 } from '../cluster/address.ts';
import type { Node } from '../cluster/api/node.ts';
import type { Pod, Probe } from '../cluster/api/pod.ts';
import { isPodReady, setPodReady } from '../cluster/pod-state.ts';
import { preStopSeconds } from '../cluster/pre-stop.ts';
import type { Registry } from '../cluster/registry.ts';
import { keyOf, mix, uniform } from '../engine/hash.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { type ControlContext, SECOND } from './context.ts';
import type { PodAddresses } from './pod-addresses.ts';

/** @source kubernetes.io pod-lifecycle: restarts back off from 10 s, doubling to 300 s, and start anew after 10 min */
const BACKOFF = { first: 10 * SECOND, max: 300 * SECOND, resetAfter: 600 * SECOND };

/** When no address is free, the Pod's sandbox is tried again after this. @source kubelet pod_workers.go, backOffPeriod */
const SANDBOX_RETRY = 10 * SECOND;

const kinds = {
  'kubelet.sandbox': { a: 'pod', b: '-', run: (k, pod) => k.retrySandbox(pod) },
  'kubelet.containerStart': { a: 'pod', b: 'life', run: (k, pod, life) => k.startContainer(pod, life) },
  'kubelet.probe': { a: 'pod', b: 'probe kind and life', run: (k, pod, tag) => k.sendProbe(pod, tag) },
  'kubelet.probeTimeout': { a: 'pod', b: 'probe', run: (k, pod, probe) => k.probeTimedOut(pod, probe) },
  'kubelet.sigterm': { a: 'pod', b: '-', run: (k, pod) => k.sigterm(pod) },
  'kubelet.graceOver': { a: 'pod', b: '-', run: (k, pod) => k.graceOver(pod) },
} satisfies Kinds<Kubelet>;

const STARTUP = 0;
const READINESS = 1;
const LIVENESS = 2;

/** One Pod as its node's kubelet sees it. */
interface Life {
  readonly pod: Pod;
  readonly node: Node;
  /** Grows at each container start, so that events of an earlier container are known to be stale. */
  life: number;
  running: boolean;
  address: number;
  startedAt: number;
  startupDone: boolean;
  backoff: number;
  /** By probe kind: the number of the probe that is under way (0: none), and successes or failures in a row. */
  outstanding: [number, number, number];
  successes: [number, number, number];
  failures: [number, number, number];
  gone: boolean;
}

/**
 * Every node's kubelet: pulls, starts, probes, restarts and ends the Pods bound to its node.
 * @source kubernetes.io: pod-lifecycle, configure-liveness-readiness-startup-probes
 * @simplifies one container a Pod is simulated (the first with ports); a probe's answer costs no network; images are
 *   pulled once a node and never evicted; a status change is seen by the API server at once; a failed liveness probe kills
 *   at once, without SIGTERM and grace, so restarts cost more requests than in life; a terminating Pod is probed no more
 */
export class Kubelet {
  readonly #context: ControlContext;
  readonly #pods: Registry<'Pod'>;
  readonly #addresses: PodAddresses;
  readonly #lives: (Life | undefined)[] = [];
  readonly #images = new Set<string>();
  readonly #downNodes = new Set<string>();
  /** Pods that wait for an address. */
  readonly #withoutAddress = new Set<number>();
  readonly #kind;
  #runtime!: ContainerRuntime;
  #probes = 0;

  constructor(context: ControlContext, pods: Registry<'Pod'>, addresses: PodAddresses) {
    this.#context = context;
    this.#pods = pods;
    this.#addresses = addresses;
    this.#kind = context.engine.define<Kubelet, typeof kinds>(this, kinds);
    context.store.watch('Pod', (change, pod) => {
      if (change === 'deleted') return this.#forget(pod);
      if (pod.spec.nodeName === undefined) return;
      const slot = pods.slotOf(pod);
      const life = this.#lives[slot];
      if (pod.metadata.deletionTimestamp !== undefined) this.#beginTermination(pod, life);
      else if (life === undefined && !this.#withoutAddress.has(slot)) this.#admit(pod);
    });
  }

  /** Must be called before the clock moves. */
  attach(runtime: ContainerRuntime): void {
    this.#runtime = runtime;
  }

  /** The process ended by itself after SIGTERM. */
  exited(slot: number): void {
    const life = this.#lives[slot]!;
    life.running = false;
    if (life.pod.metadata.deletionTimestamp !== undefined && !this.#isDown(life)) this.#context.store.remove(life.pod);
  }

  /** A probe was answered. A late answer, or one of an earlier container, is ignored. */
  answered(slot: number, probe: number, ok: boolean): void {
    const life = this.#lives[slot]!;
    const kind = life.outstanding.indexOf(probe);
    if (kind < 0 || this.#isDown(life)) return;
    life.outstanding[kind] = 0;
    if (ok) this.#succeeded(life, kind);
    else this.#failed(life, kind, 'probe was refused');
  }

  /** A dead node's kubelet does and reports nothing. */
  nodeDown(node: string): void {
    this.#downNodes.add(node);
    for (const pod of this.#context.store.list('Pod')) {
      if (pod.spec.nodeName !== node) continue;
      const slot = this.#pods.slotOf(pod);
      if (this.#lives[slot]?.running) this.#runtime.powerLost(slot);
    }
  }

  /** The node has booted: what was to end is gone, and what was there is started anew. */
  nodeUp(node: string): void {
    this.#downNodes.delete(node);
    const { store, settings } = this.#context;
    for (const pod of [...store.list('Pod')]) {
      if (pod.spec.nodeName !== node) continue;
      const slot = this.#pods.slotOf(pod);
      const life = this.#lives[slot];
      if (pod.metadata.deletionTimestamp !== undefined) store.remove(pod);
      else if (life !== undefined) {
        if (life.running) this.#stop(life, slot);
        this.#in(settings.kubelet.containerStart, this.#kind['kubelet.containerStart'], slot, life.life);
      }
    }
  }

  retrySandbox(slot: number): void {
    const pod = this.#pods.at(slot);
    const { namespace, name } = pod.metadata;
    if (this.#context.store.get('Pod', namespace, name) === pod) this.#admit(pod);
  }

  #admit(pod: Pod): void {
    const { engine, settings, store, record } = this.#context;
    const slot = this.#pods.slotOf(pod);
    const node = store.get('Node', '', pod.spec.nodeName!)!;
    const now = engine.clock[0]!;
    const address = this.#addresses.take(node, now);
    if (address < 0) {
      const why = `failed to allocate for range: no IP addresses available in range ${node.spec.podCIDR}`;
      if (!this.#withoutAddress.has(slot)) record('warning', pod, 'FailedCreatePodSandBox', why);
      this.#withoutAddress.add(slot);
      return this.#in(SANDBOX_RETRY, this.#kind['kubelet.sandbox'], slot, 0);
    }
    this.#withoutAddress.delete(slot);
    const life: Life = {
      pod,
      node,
      life: 0,
      running: false,
      address,
      startedAt: -1,
      startupDone: false,
      backoff: 0,
      outstanding: [0, 0, 0],
      successes: [0, 0, 0],
      failures: [0, 0, 0],
      gone: false,
    };
    this.#lives[slot] = life;
    this.#runtime.addressTaken(slot, life.address);
    const image = `${node.metadata.name} ${pod.spec.containers[0]?.image}`;
    const pull = this.#images.has(image) ? 0 : settings.kubelet.imagePull;
    this.#images.add(image);
    if (now === 0) return this.startContainer(slot, 0);
    if (pull > 0) record('info', pod, 'Pulling', `Pulling image "${pod.spec.containers[0]?.image}"`);
    this.#in(pull + settings.kubelet.containerStart, this.#kind['kubelet.containerStart'], slot, 0);
  }

  startContainer(slot: number, expected: number): void {
    const life = this.#lives[slot]!;
    if (life.life !== expected || life.gone || this.#isDown(life)) return;
    const { engine, store } = this.#context;
    const now = engine.clock[0]!;
    life.life++;
    life.running = true;
    life.startedAt = now;
    life.successes = [0, 0, 0];
    life.failures = [0, 0, 0];
    life.outstanding = [0, 0, 0];
    life.startupDone = probeOf(life.pod, STARTUP) === undefined || now === 0;
    const { status } = life.pod;
    status.phase = 'Running';
    status.podIP = formatIPv4(life.address);
    status.podIPs = [{ ip: status.podIP }];
    status.startTime ??= now;
    status.containerStatuses ??= life.pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      ready: false,
      restartCount: 0,
    }));
    this.#runtime.start(slot);
    // At time 0 the cluster has settled: what is there has long been ready.
    if (probeOf(life.pod, READINESS) === undefined || now === 0) this.#setReady(life, true);
    store.update(life.pod);
    if (life.startupDone) this.#startProbes(life, slot);
    else this.#scheduleProbe(life, slot, STARTUP, probeOf(life.pod, STARTUP)!.initialDelaySeconds * SECOND);
  }

  #startProbes(life: Life, slot: number): void {
    for (const kind of [READINESS, LIVENESS]) {
      const probe = probeOf(life.pod, kind);
      if (probe === undefined) continue;
      // What is there at time 0 was started at some moment before: its probes are at any phase of their period.
      const delay =
        this.#context.engine.clock[0] === 0
          ? Math.round(uniform(mix(keyOf(life.pod.metadata.name), kind)) * probe.periodSeconds * SECOND)
          : probe.initialDelaySeconds * SECOND;
      this.#scheduleProbe(life, slot, kind, delay);
    }
  }

  #scheduleProbe(life: Life, slot: number, kind: number, delay: number): void {
    this.#in(delay, this.#kind['kubelet.probe'], slot, life.life * 4 + kind);
  }

  sendProbe(slot: number, tag: number): void {
    const life = this.#lives[slot]!;
    const kind = tag & 3;
    if (life.life !== tag >> 2 || !life.running || life.gone) return;
    const probe = probeOf(life.pod, kind)!;
    // The next probe waits for the end of the last one.
    if (life.outstanding[kind] === 0 && !this.#isDown(life)) {
      const number = ++this.#probes;
      life.outstanding[kind] = number;
      this.#in(probe.timeoutSeconds * SECOND, this.#kind['kubelet.probeTimeout'], slot, number);
      this.#runtime.probe(slot, number);
    }
    if (life.life === tag >> 2 && !(kind === STARTUP && life.startupDone)) {
      this.#scheduleProbe(life, slot, kind, probe.periodSeconds * SECOND);
    }
  }

  probeTimedOut(slot: number, number: number): void {
    const life = this.#lives[slot]!;
    const kind = life.outstanding.indexOf(number);
    if (kind < 0 || !life.running || this.#isDown(life)) return;
    life.outstanding[kind] = 0;
    this.#failed(life, kind, 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
  }

  #succeeded(life: Life, kind: number): void {
    const probe = probeOf(life.pod, kind)!;
    life.failures[kind] = 0;
    if (++life.successes[kind]! < probe.successThreshold) return;
    if (kind === STARTUP && !life.startupDone) {
      life.startupDone = true;
      this.#startProbes(life, this.#pods.slotOf(life.pod));
    }
    if (kind === READINESS && !isPodReady(life.pod)) {
      this.#setReady(life, true);
      this.#context.store.update(life.pod);
    }
  }

  #failed(life: Life, kind: number, why: string): void {
    const probe = probeOf(life.pod, kind)!;
    const { record, store } = this.#context;
    life.successes[kind] = 0;
    if (++life.failures[kind]! < probe.failureThreshold) return;
    if (kind === READINESS) {
      if (!isPodReady(life.pod)) return;
      record('warning', life.pod, 'Unhealthy', `Readiness probe failed: ${why}`);
      this.#setReady(life, false);
      store.update(life.pod);
    } else if (life.pod.metadata.deletionTimestamp === undefined) {
      record('warning', life.pod, 'Killing', `${NAMES[kind]} probe failed: ${why}; the container will be restarted`);
      this.#restart(life);
    }
  }

  /** Kills the container and starts it again after its back-off; the Pod and its address stay. */
  #restart(life: Life): void {
    const { engine, settings } = this.#context;
    const slot = this.#pods.slotOf(life.pod);
    if (engine.clock[0]! - life.startedAt > BACKOFF.resetAfter) life.backoff = 0;
    const delay = life.backoff;
    life.backoff = Math.min(BACKOFF.max, delay === 0 ? BACKOFF.first : delay * 2);
    this.#stop(life, slot);
    this.#in(delay + settings.kubelet.containerStart, this.#kind['kubelet.containerStart'], slot, life.life);
  }

  /** The container is dead; the Pod stays. */
  #stop(life: Life, slot: number): void {
    this.#runtime.kill(slot);
    life.running = false;
    for (const status of life.pod.status.containerStatuses!) status.restartCount++;
    this.#setReady(life, false);
    this.#context.store.update(life.pod);
  }

  #beginTermination(pod: Pod, life: Life | undefined): void {
    if (this.#downNodes.has(pod.spec.nodeName!) || life?.gone) return;
    if (life === undefined) return this.#context.store.remove(pod);
    const slot = this.#pods.slotOf(pod);
    life.gone = true;
    if (!life.running) return this.#context.store.remove(pod);
    const preStop = Math.max(...life.pod.spec.containers.map((container) => preStopSeconds(container) ?? 0));
    if (preStop > 0) this.#in(preStop * SECOND, this.#kind['kubelet.sigterm'], slot, 0);
    const grace = life.pod.metadata.deletionGracePeriodSeconds ?? life.pod.spec.terminationGracePeriodSeconds;
    this.#in(grace * SECOND, this.#kind['kubelet.graceOver'], slot, 0);
    if (preStop === 0) this.sigterm(slot);
  }

  sigterm(slot: number): void {
    const life = this.#lives[slot]!;
    if (life.running && !this.#isDown(life)) this.#runtime.terminate(slot);
  }

  graceOver(slot: number): void {
    const life = this.#lives[slot]!;
    if (!life.running || this.#isDown(life)) return;
    this.#runtime.kill(slot);
    this.exited(slot);
  }

  #forget(pod: Pod): void {
    const slot = this.#pods.slotOf(pod);
    const life = this.#lives[slot];
    if (life === undefined) return;
    if (life.running) this.#runtime.kill(slot);
    life.running = false;
    life.gone = true;
    this.#runtime.addressReleased(slot);
    this.#addresses.release(life.node, life.address, this.#context.engine.clock[0]!);
  }

  #isDown(life: Life): boolean {
    return this.#downNodes.has(life.node.metadata.name);
  }

  #setReady(life: Life, ready: boolean): void {
    setPodReady(life.pod, ready, this.#context.engine.clock[0]!);
  }

  #in(delay: number, kind: number, a: number, b: number): void {
    const { engine } = this.#context;
    engine.due[0] = engine.clock[0]! + delay;
    engine.schedule(kind, a, b);
  }
}

const NAMES = ['Startup', 'Readiness', 'Liveness'];

function probeOf(pod: Pod, kind: number): Probe | undefined {
  const container =
    pod.spec.containers.find((container) => (container.ports ?? []).length > 0) ?? pod.spec.containers[0];
  if (kind === STARTUP) return container?.startupProbe;
  return kind === READINESS ? container?.readinessProbe : container?.livenessProbe;
}
