/** Faults of a timeline as plain data. */

/** Those nodes; without any, those of the zone; without a zone, all. */
export interface NodeScope {
  nodes: string[];
  zone: string | null;
}

/** An entry that comes again and again, by chance. All ns. */
export interface Repetition {
  /** From the end of one to the start of the next: exponential with this mean. */
  mtbf: number;
  /** The mean of how long each lasts, exponential; null: as long as the entry says. */
  mean: number | null;
  /** Each hits one of these, drawn; empty: what the entry says. */
  nodes: string[];
}

/** What of a new release is wrong. */
export interface ReleaseFault {
  /** False: its Pods never become ready. */
  ready: boolean;
  /** False: its image cannot be pulled. */
  pulls: boolean;
  /** Requests take so many times the CPU. */
  slower: number;
  /** Share of requests that are answered with an error. */
  errors: number;
}

/** `duration`: ns, until it is undone. */
export type ClusterFault =
  | { action: 'stuckProxy'; scope: NodeScope; duration: number }
  | { action: 'apiServer'; duration: number }
  /** Added delays, ns. */
  | { action: 'lag'; watch: number; endpointSlices: number; controllers: number; duration: number }
  /** No kubelet and no kube-proxy there reaches the API server. */
  | { action: 'cutOff'; scope: NodeScope; duration: number }
  | { action: 'deploy'; deployment: string; fault: ReleaseFault; duration: number }
  | { action: 'rollback'; deployment: string }
  | { action: 'certificate'; workload: string; duration: number };
