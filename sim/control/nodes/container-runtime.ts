/** The simulated containers, as the kubelet drives them. Pods are slots of the Pod registry. */
export interface ContainerRuntime {
  /** The process starts; it listens once its own startup time is over. While the cluster settles it listens at once. */
  start(pod: number): void;
  /** SIGTERM: it accepts no new connection, finishes what it has, and then calls `Kubelet.exited`. */
  terminate(pod: number): void;
  /** SIGKILL: gone at once, with all that it worked on. */
  kill(pod: number): void;
  /** Its node is dead: it makes no call any more. What it was asked goes on, unheard, until it is killed. */
  powerLost(pod: number): void;
  /** Sends a probe; the answer, if there is one, comes as `Kubelet.answered(pod, probe, ok)`. */
  probe(pod: number, probe: number): void;
  /** The Pod's IPv4 address (as a number) is given out / taken back. */
  addressTaken(pod: number, address: number): void;
  addressReleased(pod: number): void;
}

/** What the runtime tells the kubelet. */
export interface ContainerWatcher {
  /** A probe was answered. A late answer, or one of an earlier container, is ignored. */
  answered(pod: number, probe: number, ok: boolean): void;
  /** The process ended by itself after SIGTERM. */
  exited(pod: number): void;
  /** The process was killed, and not by the kubelet. @param reason as in `lastState.terminated` */
  crashed(pod: number, reason: string): void;
}
