/**
 * A scenario after it was read and checked: plain data, every default filled in, every name resolved to something that
 * exists. Times and durations are ns, rates per second, shares 0 to 1. The YAML of it is in docs/scenario.md.
 */
import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject, Labels } from '../cluster/api/meta.ts';

export interface Scenario {
  name: string;
  description: string;
  /** Empty for the scenario as it stands in the file, else the variant's name. */
  variant: string;
  duration: number;
  seed: number;
  /** One simulated request stands for so many real ones; business figures are multiplied by it. */
  representing: number;
  objects: KubernetesObject[];
  cluster: ClusterSettings;
  /** By name; every `client:` of a workload's calls and of traffic is in here. */
  clients: Record<string, ClientPolicy>;
  workloads: WorkloadBehaviour[];
  traffic: TrafficSource[];
  timeline: TimelineEntry[];
  business: Business | null;
  thresholds: Threshold[];
  trace: { /** Share of user requests whose attempts are kept whole. */ requests: number /** ns */; bucket: number };
}

export interface ScenarioFile {
  base: Scenario;
  /** Each the base with its `set:` applied to the file's tree before it was checked. */
  variants: Scenario[];
  warnings: Message[];
}

/** A fault or a warning in an input file; positions count from 1. */
export interface Message {
  file: string;
  line: number;
  column: number;
  /** `spec.ports[0].targetPort`; empty for the document as a whole. */
  path: string;
  text: string;
  expected?: string;
  fix?: string;
}

export interface NodeGroup {
  name: string;
  zones: string[];
  /** Nodes there from the start, named `<group>-0…`, spread over the zones in turn. */
  count: number;
  minCount: number;
  maxCount: number;
  cpuMilli: number;
  memoryBytes: number;
  pods: number;
  labels: Labels;
}

export type IPVSScheduler =
  | 'rr'
  | 'wrr'
  | 'lc'
  | 'wlc'
  | 'lblc'
  | 'lblcr'
  | 'sh'
  | 'dh'
  | 'sed'
  | 'nq'
  | 'mh'
  | 'fo'
  | 'ovf'
  | 'twos';

export interface DataPlaneSettings {
  mode: 'iptables' | 'ipvs' | 'nftables' | 'ebpf';
  /** Of mode ipvs. */
  scheduler: IPVSScheduler;
  /** Of mode ebpf, for what comes from outside. */
  algorithm: 'random' | 'maglev';
  minSyncPeriod: number;
  /** One sync of the node's rules, ns: a constant, … */
  syncTime: number;
  /** …a part for each Service of the cluster, in mode iptables alone, … */
  syncTimePerService: number;
  /** …and a part for each endpoint of a Service that changed. */
  syncTimePerEndpoint: number;
  /** What the first packet of a connection waits for each rule that it is held against, ns; 0: nothing. */
  ruleTime: number;
}

export interface LoadBalancerSettings {
  /** Who makes them: a cloud; MetalLB, in layer 2 mode; nobody. */
  provider: 'cloud' | 'metallb' | 'none';
  /** From a Service to its address, ns. */
  provisioning: number;
  /** The block of addresses. */
  addresses: string;
  /** From a change on a node to the load balancer's obedience, ns. */
  healthCheck: number;
}

export interface ClusterSettings {
  /** The groups from which the autoscaler takes new nodes; `nodes: {count: …}` in the file is one group named `node`. */
  nodeGroups: NodeGroup[];
  network: {
    /** One-way latencies, ns. */
    sameNode: number;
    sameZone: number;
    crossZone: number;
    external: number;
    /** What a packet to an address that nobody has meets: silence, or ICMP unreachable at once or after 3 s (ARP), or a reset. */
    deadAddress: 'silent' | 'unreachable3s' | 'unreachable' | 'refused';
    /** A node's ICMP errors to one client: six at once, then one in this time, ns; 0: no limit. */
    icmpRateLimit: number;
  };
  dataPlane: DataPlaneSettings;
  conntrack: {
    /** Entries of a node's table; auto: what kube-proxy sets. */
    limit: number | 'auto' | 'none';
    /** A connection that is closed keeps its entry so long, ns. */
    timeWait: number;
    /** Source ports of one Pod towards one destination; Infinity: nobody counts. */
    localPorts: number;
  };
  /** null: nobody speaks of them. */
  loadBalancer: LoadBalancerSettings | null;
  /** From the store to a watcher, ns: a mean; each node's delay is a draw around it. */
  watchDelay: number;
  endpointSlices: {
    batchPeriod: number;
    /** From a change to the controller's write, beside the batch period, ns. */
    syncTime: number;
    maxEndpointsPerSlice: number;
  };
  /** From a change to a workload controller's sync: its queue and its API round trips, ns. */
  controllerSync: number;
  /** How long a node may be silent until it counts as not ready, ns. */
  nodeMonitorGracePeriod: number;
  /** Those that differ from the default of the version that is modelled. */
  featureGates: Readonly<Record<string, boolean>>;
  dns: {
    /** Of answers, ns. */
    ttl: number;
    /** Without a server: the resolver's cache in the client (ns; 0: none), and a question there and back (ns). */
    cache: number;
    latency: number;
    /** The DNS server is simulated; null: questions take `latency` and are always answered. */
    server: null | {
      replicas: number;
      serviceTime: Distribution;
      concurrency: number;
      /** Thousandths. */
      cores: number;
      backlog: number;
    };
    /** A cache on each node. */
    nodeLocal: boolean;
    /** Of two datagrams sent at once from a new socket, the second is lost with this probability. */
    conntrackRace: null | { probability: number };
  };
  /** A released Pod address may be given out again after this, ns. */
  podIPReuse: number;
  /** Addresses of the nodes that groups make. */
  nodeCIDR: string;
  podCIDR: string;
  /** Empty: Pods have IPv4 addresses alone. */
  podCIDRv6: string;
  serviceCIDR: string;
  serviceCIDRv6: string;
  kubelet: {
    schedule: number;
    imagePull: number;
    /** Sandbox and container start, ns. */
    containerStart: number;
    /** Each init container runs so long, ns. */
    initContainer: number;
    /** A Job's Pod works so long, ns. */
    jobDuration: number;
  };
  autoscaler: null | {
    /** From a Pod that does not fit to a ready new node, ns. */
    provisioning: number;
    /** How often it looks, ns. */
    scanInterval: number;
    /** A node is not needed when the sum of its Pods' requests is below this share and they fit elsewhere. */
    utilizationThreshold: number;
    /** …for this long, ns. */
    unneededTime: number;
    /** No consolidation for this long after a scale-up, ns. */
    delayAfterAdd: number;
    /** Nodes drained at once. */
    maxDraining: number;
  };
  hpa: {
    syncPeriod: number;
    tolerance: number /** The window over which CPU use is measured, ns. */;
    metricsWindow: number;
    metricsDelay: number;
  };
}

export interface Backoff {
  base: number;
  factor: number;
  max: number;
  jitter: 'none' | 'full' | 'equal';
}

export interface Retries {
  /** After the first attempt. */
  max: number;
  backoff: Backoff;
  /** Which outcomes are tried again: connection faults, timeouts, 5xx answers. */
  on: ('connect' | 'timeout' | 'serverError')[];
  /** Share of calls whose failure is tried again at all (a user who presses again); 1 for programs. */
  probability: number;
  /** A token bucket: each success deposits `ratio`, each retry takes 1; null: no budget. */
  budget: null | { ratio: number /** Tokens at start and at most. */; burst: number };
}

export interface ClientPolicy {
  /** Of connections per client (a Pod's, towards one target); Infinity: unbounded. */
  pool: number;
  /** How long a call may wait for one; Infinity: for ever (the timeout of an attempt begins when it has one). */
  poolTimeout: number;
  /** An idle connection is closed after this; 0: a connection per request. */
  keepAlive: number;
  connectTimeout: number;
  /** Of one attempt, from its start (after a connection was had) to the whole answer. */
  timeout: number;
  retries: Retries;
  resolver: ResolverPolicy;
}

/** How a program looks a name up. */
export interface ResolverPolicy {
  library: 'glibc' | 'musl' | 'go';
  /** The cache in the program, ns; 0: none; `ttl`: as long as the answer says. */
  cache: { positive: number | 'ttl'; negative: number | 'ttl' };
  /** null: as the Pod's resolv.conf says. `timeout` (ns) is of one attempt. */
  ndots: number | null;
  search: string[] | null;
  attempts: number | null;
  timeout: number | null;
  singleRequestReopen: boolean;
}

/** Where a client gets its address from. `podIP`: the Pod addresses at its start and never again. */
export type Discovery = 'podIP' | 'dns' | 'env' | 'headless';

export interface Call {
  /** `namespace/name` of a Service, and the Service port. */
  service: string;
  port: number;
  /** The host as it is written, with a dot at its end if it has one: what the client asks the resolver for. */
  host: string;
  /** Share of requests that make this call. */
  share: number;
  client: string;
  /** Shares of client Pods by the discovery that they use; sums to 1. */
  discovery: Partial<Record<Discovery, number>>;
}

export type Distribution =
  | { kind: 'constant'; value: number }
  | { kind: 'exponential'; mean: number }
  | { kind: 'uniform'; min: number; max: number }
  | { kind: 'lognormal'; mean: number; p99: number }
  | { kind: 'gamma'; mean: number; shape: number }
  | { kind: 'hyperexponential'; branches: { weight: number; mean: number }[] }
  | { kind: 'weibull'; scale: number; shape: number }
  | { kind: 'pareto'; min: number; shape: number /** Infinity: unbounded. */; max: number }
  | { kind: 'normal'; mean: number; deviation: number }
  | { kind: 'discrete'; values: { value: number; weight: number }[] };

export interface WorkloadBehaviour {
  /** `namespace/name` of a Deployment, StatefulSet or DaemonSet. */
  workload: string;
  /** CPU time of one request, ns. */
  serviceTime: Distribution;
  /** Requests that a Pod works on at once (its slots); each holds its slot while it waits for its own calls. */
  concurrency: number;
  /** Cores that serve them, FIFO; by default the container's CPU limit, else its request. */
  cores: number;
  /** Requests that wait for a slot; more are turned away: a new connection's SYN is dropped, a request on an open one gets 503. */
  backlog: number;
  /** From the container's start until it listens, ns. */
  startup: number;
  /** Probes wait in the same queue as requests, so that overload fails them. */
  probesShareQueue: boolean;
  calls: Call[];
}

export type ArrivalProcess =
  /** Piecewise linear: [time ns, requests per second], times ascending, the first at 0. */
  | { kind: 'poisson'; rate: [number, number][] }
  /** Independent gaps; a constant one makes a metronome. */
  | { kind: 'renewal'; gap: Distribution }
  /** Poisson while a burst lasts, nothing between bursts. */
  | { kind: 'bursts'; rate: number; on: Distribution; off: Distribution }
  /** Poisson at the rate of a phase; each lasts for an exponential time of this mean and is followed by any other. */
  | { kind: 'mmpp'; phases: { rate: number; mean: number }[] }
  /** At these times, ns, ascending. */
  | { kind: 'replay'; times: number[] };

export interface TrafficSource {
  name: string;
  /** `namespace/name` of the Deployment whose Pods send; null: users outside, who arrive at the Service's load balancer. */
  from: string | null;
  service: string;
  port: number;
  /** As a call's. */
  host: string;
  client: string;
  /** The block that users outside come from; each has an address of its own, until there are more of them. */
  addresses: string;
  /** Shares of sending Pods by the discovery that they use; users outside know the address. */
  discovery: Partial<Record<Discovery, number>>;
  arrivals: ArrivalProcess;
}

export type TimelineEntry = { at: number } & (
  | { action: 'scale'; deployment: string; replicas: number }
  | { action: 'restart'; deployment: string }
  | { action: 'drain'; node: string }
  | { action: 'fail'; node: string; duration: number }
  | ({ action: 'dns' } & DNSFault)
  | { action: 'apply'; objects: readonly KubernetesObject[] }
  | { action: 'delete'; object: ObjectReference }
  | { action: 'fail'; zone: string; duration: number }
  | { action: 'pressure'; node: string /** Pods that have to go. */; evict: number; duration: number }
);

/** Of the whole DNS server: it answers nothing, or a server failure, or late. */
export interface DNSFault {
  kind: 'down' | 'servfail' | 'slow';
  /** With `slow`: each answer comes so much later, ns. */
  delay: number;
  /** ns. */
  duration: number;
}

export interface ObjectReference {
  kind: Kind;
  /** Empty for a cluster-scoped kind. */
  namespace: string;
  name: string;
}

export interface Business {
  /** Name of the traffic whose failed requests cost orders. */
  traffic: string;
  orderValue: number;
  /** User requests on this path for one order placed. */
  requestsPerOrder: number;
  /** Share of failed orders that come back later and are not lost. */
  returnShare: number;
  currency: string;
}

export interface Threshold {
  /** As written: `storefront.success >= 99.9%`. */
  text: string;
  traffic: string;
  metric: 'success' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'mean' | 'max';
  operator: '<' | '<=' | '>' | '>=';
  /** Shares 0 to 1 for success, ns for latencies. */
  bound: number;
}
