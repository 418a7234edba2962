import { formatIPv4, parseIPv4 } from '../../cluster/address.ts';
import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { isPodReady, isTerminal } from '../../cluster/pod-state.ts';
import { preStopSeconds } from '../../cluster/pre-stop.ts';
import type { Registry } from '../../cluster/registry.ts';
import { cannotPull, neverReady } from '../../cluster/release-marks.ts';
import type { Kinds } from '../../engine/kinds.ts';
import { type ControlContext, SECOND } from '../context.ts';
import type { ContainerRuntime, ContainerWatcher } from './container-runtime.ts';
import type { PodAddresses } from './pod-addresses.ts';
import {
  markAdmitted,
  markEnded,
  markInitialized,
  markReady,
  markRunning,
  markStarted,
  markStopped,
  markWaiting,
} from './pod-status.ts';
import { type ProbeListener, Prober } from './prober.ts';
import { StatusReports } from './status-reports.ts';

/** @source kubernetes.io pod-lifecycle: restarts back off from 10 s, doubling to 300 s, and start anew after 10 min */
const BACKOFF = { first: 10 * SECOND, max: 300 * SECOND, resetAfter: 600 * SECOND };

/** When no address is free, the Pod's sandbox is tried again after this. @source kubelet pod_workers.go, backOffPeriod */
const SANDBOX_RETRY = 10 * SECOND;

const kinds = {
  'kubelet.sandbox': { a: 'pod', b: '-', run: (k, pod) => k.retrySandbox(pod) },
  'kubelet.containerStart': { a: 'pod', b: 'life', run: (k, pod, life) => k.startContainer(pod, life) },
  'kubelet.completed': { a: 'pod', b: 'life', run: (k, pod, life) => k.completed(pod, life) },
  'kubelet.sigterm': { a: 'pod', b: '-', run: (k, pod) => k.sigterm(pod) },
  'kubelet.graceOver': { a: 'pod', b: '-', run: (k, pod) => k.graceOver(pod) },
} satisfies Kinds<Kubelet>;

/** One Pod as its node's kubelet sees it. */
interface Life {
  readonly pod: Pod;
  readonly node: Node | undefined;
  /** Grows at each container start, so that events of an earlier container are known to be stale. */
  life: number;
  running: boolean;
  /** What its probes say. */
  ready: boolean;
  /** From the node's range; -1: it came with one of its own, or has its node's. */
  address: number;
  startedAt: number;
  backoff: number;
  gone: boolean;
  /** Its image had to be pulled. */
  pulled: boolean;
}

/**
 * Every node's kubelet: pulls, starts, probes, restarts and ends the Pods bound to its node. A Pod that came with an
 * address or a phase is as it came: it is taken over, not started.
 * @source kubernetes.io: pod-lifecycle, configure-liveness-readiness-startup-probes
 * @simplifies the containers of a Pod start and end together, init containers one after the other before them; images are
 *   pulled once a node and never evicted; a status change is seen by the API server at once; a failed liveness probe kills
 *   at once, without SIGTERM and grace, so restarts cost more requests than in life; a terminating Pod is probed no more
 */
export class Kubelet implements ContainerWatcher, ProbeListener {
  readonly #context: ControlContext;
  readonly #pods: Registry<'Pod'>;
  readonly #addresses: PodAddresses;
  readonly #prober: Prober;
  readonly #reports: StatusReports;
  readonly #lives: (Life | undefined)[] = [];
  readonly #images = new Set<string>();
  readonly #downNodes = new Set<string>();
  /** Pods that wait for an address. */
  readonly #withoutAddress = new Set<number>();
  readonly #kind;
  readonly #onStart: (pod: Pod) => void;
  #runtime!: ContainerRuntime;

  /** @param onStart told of each start of a Pod's containers, when their environment is made */
  constructor(
    context: ControlContext,
    pods: Registry<'Pod'>,
    addresses: PodAddresses,
    onStart: (pod: Pod) => void = () => {},
  ) {
    this.#context = context;
    this.#pods = pods;
    this.#addresses = addresses;
    this.#onStart = onStart;
    this.#kind = context.engine.define<Kubelet, typeof kinds>(this, kinds);
    this.#prober = new Prober(context, this);
    this.#reports = new StatusReports(context);
    context.store.watch('Pod', (change, pod) => {
      if (change === 'deleted') return this.#forget(pod);
      if (pod.spec.nodeName === undefined || isTerminal(pod) || this.#reports.isCutOff(pod.spec.nodeName)) return;
      const slot = pods.slotOf(pod);
      let life = this.#lives[slot];
      if (life === undefined && change === 'added' && comesWithState(pod)) life = this.#adopt(pod, slot);
      if (pod.metadata.deletionTimestamp !== undefined) this.#beginTermination(pod, life);
      else if (life === undefined && !this.#withoutAddress.has(slot)) this.#admit(pod);
    });
    context.store.watch('Node', (change, node) => {
      if (change === 'added')
        for (const pod of context.index.podsByNode.get(node.metadata.name)) context.store.update(pod);
    });
  }

  /** Must be called before the clock moves. */
  attach(runtime: ContainerRuntime): void {
    this.#runtime = runtime;
  }

  exited(slot: number): void {
    const life = this.#lives[slot]!;
    life.running = false;
    if (life.pod.metadata.deletionTimestamp !== undefined && !this.#isDown(life)) this.#reports.remove(life.pod);
  }

  crashed(slot: number, reason: string): void {
    const life = this.#lives[slot]!;
    if (!life.running || life.gone || this.#isDown(life)) return;
    const text = reason === 'OOMKilled' ? 'it used more memory than its limit' : 'its process died';
    this.#context.record('error', life.pod, reason, `The container is gone: ${text}; it will be started again`);
    this.#restart(life, reason);
  }

  answered(slot: number, probe: number, ok: boolean): void {
    this.#prober.answered(slot, probe, ok);
  }

  isSilent(slot: number): boolean {
    const life = this.#lives[slot]!;
    return !life.running || this.#isDown(life);
  }

  sendProbe(slot: number, probe: number): void {
    this.#runtime.probe(slot, probe);
  }

  started(slot: number): void {
    const { pod } = this.#lives[slot]!;
    markStarted(pod);
    // A cluster that settles is not watched so closely; what comes next is that the Pod is ready.
    if (!this.#context.settling) this.#reports.update(pod);
  }

  ready(slot: number, ready: boolean, why: string): void {
    const life = this.#lives[slot]!;
    const { pod } = life;
    life.ready = ready && !neverReady(pod);
    if (ready !== life.ready) return;
    const was = isPodReady(pod);
    if (!markReady(pod, ready, this.#context.engine.clock[0]!)) return;
    if (was && !ready) this.#context.record('warning', pod, 'Unhealthy', `Readiness probe failed: ${why}`);
    this.#reports.update(pod);
  }

  unhealthy(slot: number, which: string, why: string): void {
    const life = this.#lives[slot]!;
    if (life.pod.metadata.deletionTimestamp !== undefined) return;
    this.#context.record('warning', life.pod, 'Unhealthy', `${which} probe failed: ${why}`);
    for (const { name } of life.pod.spec.containers) {
      const text = `Container ${name} failed ${which.toLowerCase()} probe, will be restarted`;
      this.#context.record('info', life.pod, 'Killing', text);
    }
    this.#restart(life, 'Error');
  }

  /** A dead node's kubelet does and reports nothing. */
  nodeDown(node: string): void {
    this.#downNodes.add(node);
    for (const pod of this.#context.index.podsByNode.get(node)) {
      const slot = this.#pods.slotOf(pod);
      if (this.#lives[slot]?.running) this.#runtime.powerLost(slot);
    }
  }

  /** The node has booted: what was to end is gone, and what was there is started anew. */
  nodeUp(node: string): void {
    this.#downNodes.delete(node);
    const { settings } = this.#context;
    for (const pod of [...this.#context.index.podsByNode.get(node)]) {
      const slot = this.#pods.slotOf(pod);
      const life = this.#lives[slot];
      if (pod.metadata.deletionTimestamp !== undefined) this.#reports.remove(pod);
      else if (life !== undefined) {
        if (life.running) this.#stop(life, slot, 'Error', false);
        this.#in(settings.kubelet.containerStart, this.#kind['kubelet.containerStart'], slot, life.life);
      }
    }
  }

  /** The node hears and tells nothing any more; its containers run on. */
  cutOff(node: string): void {
    this.#reports.cutOff(node);
  }

  /** The kubelet tells how its Pods are, and hears which it should start and end. */
  reconnected(node: string): void {
    this.#reports.reconnected(node);
    if (this.#reports.isCutOff(node)) return;
    const { engine, index, store } = this.#context;
    for (const pod of [...index.podsByNode.get(node)]) {
      const life = this.#lives[this.#pods.slotOf(pod)];
      // A Pod whose node was said to be unreachable is ready again if its probes say so.
      if (life?.running && pod.metadata.deletionTimestamp === undefined) {
        markReady(pod, life.ready, engine.clock[0]!);
      }
      store.update(pod);
    }
  }

  retrySandbox(slot: number): void {
    const pod = this.#pods.at(slot);
    const { namespace, name } = pod.metadata;
    if (this.#context.store.get('Pod', namespace, name) === pod) this.#admit(pod);
  }

  /** A Pod that was there before: as it came, and silent about its probes. */
  #adopt(pod: Pod, slot: number): Life {
    const running = pod.status.phase === 'Running';
    const node = this.#context.store.get('Node', '', pod.spec.nodeName!);
    const life: Life = {
      pod,
      node,
      life: 1,
      running,
      ready: isPodReady(pod),
      address: -1,
      startedAt: -1,
      backoff: 0,
      gone: false,
      pulled: false,
    };
    this.#lives[slot] = life;
    pod.status.containerStatuses ??= pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      ready: isPodReady(pod),
      started: running,
      restartCount: 0,
      ...(running && { state: { running: { startedAt: 0 } } }),
    }));
    const ipv4 = pod.status.podIPs?.find(({ ip }) => !ip.includes(':'))?.ip;
    if (ipv4 !== undefined && !pod.spec.hostNetwork) this.#runtime.addressTaken(slot, parseIPv4(ipv4));
    if (running) {
      this.#onStart(pod);
      this.#runtime.start(slot);
    }
    return life;
  }

  #admit(pod: Pod): void {
    const { engine, settings, store, record, settling } = this.#context;
    const slot = this.#pods.slotOf(pod);
    const node = store.get('Node', '', pod.spec.nodeName!);
    // Bound by hand to a node that is not there: it waits for it.
    if (node === undefined) return;
    const now = engine.clock[0]!;
    const hostIP = node.status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
    const address = pod.spec.hostNetwork ? -1 : this.#addresses.take(node, now);
    if (address < 0 && !pod.spec.hostNetwork) {
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
      ready: false,
      startedAt: -1,
      backoff: 0,
      gone: false,
      pulled: false,
    };
    this.#lives[slot] = life;
    markAdmitted(pod, hostIP, now);
    if (address >= 0) this.#runtime.addressTaken(slot, address);
    if (settling) return this.startContainer(slot, 0);
    if (cannotPull(pod)) return this.#backsOff(life);
    const inits = (pod.spec.initContainers ?? []).length * settings.kubelet.initContainer;
    const pull = this.#pullTime(pod, node);
    life.pulled = pull > 0;
    const delay = pull + inits + settings.kubelet.containerStart;
    if (delay === 0) return this.startContainer(slot, 0);
    this.#reports.update(pod);
    this.#in(delay, this.#kind['kubelet.containerStart'], slot, 0);
  }

  /** There is no such image: the Pod has its sandbox and its address, and waits. */
  #backsOff(life: Life): void {
    const { pod } = life;
    const { image } = pod.spec.containers[0]!;
    this.#giveAddress(life);
    markWaiting(pod, 'ImagePullBackOff');
    this.#context.record('warning', pod, 'Failed', `Failed to pull image "${image}": not found`);
    this.#context.record('info', pod, 'BackOff', `Back-off pulling image "${image}"`);
    this.#reports.update(pod);
  }

  /** ns; 0 where the node has the image. */
  #pullTime(pod: Pod, node: Node): number {
    const { settings, record } = this.#context;
    const { image } = pod.spec.containers[0]!;
    const key = `${node.metadata.name} ${image}`;
    const pull = this.#images.has(key) ? 0 : settings.kubelet.imagePull;
    this.#images.add(key);
    if (pull > 0) record('info', pod, 'Pulling', `Pulling image "${image}"`);
    return pull;
  }

  startContainer(slot: number, expected: number): void {
    const life = this.#lives[slot]!;
    if (life.life !== expected || life.gone || this.#isDown(life)) return;
    const { engine, settings } = this.#context;
    const { pod } = life;
    const now = engine.clock[0]!;
    life.life++;
    life.running = true;
    life.startedAt = now;
    this.#giveAddress(life);
    if (life.life === 1) markInitialized(pod, now);
    markRunning(pod, life.life > 1, now);
    if (!this.#context.settling) this.#tellOfStart(life);
    this.#onStart(pod);
    this.#runtime.start(slot);
    // One write tells of the start and of readiness, where that follows at once.
    const { resourceVersion } = pod.metadata;
    this.#prober.begin(slot, pod, life.life);
    if (pod.metadata.resourceVersion === resourceVersion) this.#reports.update(pod);
    if (pod.spec.restartPolicy !== 'Always' && controllerOf(pod)?.kind === 'Job') {
      this.#in(settings.kubelet.jobDuration, this.#kind['kubelet.completed'], slot, life.life);
    }
  }

  #tellOfStart({ pod, pulled, life }: Life): void {
    const { record } = this.#context;
    for (const [i, { name, image }] of pod.spec.containers.entries()) {
      const wasThere = !(pulled && life === 1 && i === 0);
      const text = wasThere
        ? `Container image "${image}" already present on machine`
        : `Successfully pulled image "${image}"`;
      record('info', pod, 'Pulled', text);
      record('info', pod, 'Created', `Created container: ${name}`);
      record('info', pod, 'Started', `Started container ${name}`);
    }
  }

  /** A Job's Pod has done its work. */
  completed(slot: number, expected: number): void {
    const life = this.#lives[slot]!;
    if (life.life !== expected || life.gone || !life.running || this.#isDown(life)) return;
    this.#end(life, slot, 'Succeeded');
  }

  /** Takes a running Pod's node away from it, at once: the Pod has failed. */
  evict(pod: Pod, message: string): void {
    const slot = this.#pods.slotOf(pod);
    const life = this.#lives[slot];
    if (life === undefined || life.gone || this.#isDown(life)) return;
    pod.status.reason = 'Evicted';
    pod.status.message = message;
    this.#end(life, slot, 'Failed');
  }

  #end(life: Life, slot: number, phase: 'Succeeded' | 'Failed'): void {
    if (life.running) this.#runtime.kill(slot);
    this.#prober.end(slot);
    life.running = false;
    life.gone = true;
    markEnded(life.pod, phase, this.#context.engine.clock[0]!);
    this.#reports.update(life.pod);
  }

  #giveAddress({ pod, node, address }: Life): void {
    const { status } = pod;
    if (status.podIPs !== undefined) return;
    const own = address < 0 ? [status.hostIP ?? ''] : [formatIPv4(address)];
    const ipv6 = address < 0 ? undefined : this.#addresses.ipv6(node!, address);
    const ips = [...own, ...(ipv6 === undefined ? [] : [ipv6])].filter((ip) => ip !== '');
    if (ips.length === 0) return;
    status.podIP = ips[0]!;
    status.podIPs = ips.map((ip) => ({ ip }));
  }

  /** Kills the container and starts it again after its back-off; the Pod and its address stay. */
  #restart(life: Life, reason: string): void {
    const { engine, settings } = this.#context;
    const slot = this.#pods.slotOf(life.pod);
    if (engine.clock[0]! - life.startedAt > BACKOFF.resetAfter) life.backoff = 0;
    const delay = life.backoff;
    life.backoff = Math.min(BACKOFF.max, delay === 0 ? BACKOFF.first : delay * 2);
    this.#stop(life, slot, reason, delay > 0);
    if (delay > 0) {
      const { name, namespace, uid } = life.pod.metadata;
      for (const container of life.pod.spec.containers) {
        const text = `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`;
        this.#context.record('warning', life.pod, 'BackOff', text);
      }
    }
    this.#in(delay + settings.kubelet.containerStart, this.#kind['kubelet.containerStart'], slot, life.life);
  }

  /** The container is dead; the Pod stays. */
  #stop(life: Life, slot: number, reason: string, waits: boolean): void {
    this.#runtime.kill(slot);
    this.#prober.end(slot);
    life.running = false;
    life.ready = false;
    markStopped(life.pod, reason, waits, this.#context.engine.clock[0]!);
    this.#reports.update(life.pod);
  }

  #beginTermination(pod: Pod, life: Life | undefined): void {
    if (this.#downNodes.has(pod.spec.nodeName!) || life?.gone) return;
    if (life === undefined) return this.#reports.remove(pod);
    const slot = this.#pods.slotOf(pod);
    life.gone = true;
    this.#prober.end(slot);
    if (!life.running) return this.#reports.remove(pod);
    for (const { name } of pod.spec.containers)
      this.#context.record('info', pod, 'Killing', `Stopping container ${name}`);
    const preStop = Math.max(...pod.spec.containers.map((container) => preStopSeconds(container) ?? 0));
    if (preStop > 0) this.#in(preStop * SECOND, this.#kind['kubelet.sigterm'], slot, 0);
    const grace = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds;
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
    this.#prober.end(slot);
    life.running = false;
    life.gone = true;
    this.#runtime.addressReleased(slot);
    if (life.address >= 0) this.#addresses.release(life.node!, life.address, this.#context.engine.clock[0]!);
  }

  #isDown(life: Life): boolean {
    return this.#downNodes.has(life.pod.spec.nodeName!);
  }

  #in(delay: number, kind: number, a: number, b: number): void {
    const { engine } = this.#context;
    engine.due[0] = engine.clock[0]! + delay;
    engine.schedule(kind, a, b);
  }
}

/** It has an address, or has begun to run: part of a snapshot. */
function comesWithState({ status }: Pod): boolean {
  return status.podIP !== undefined || status.phase !== 'Pending';
}
