/**
 * A scenario after it was read and checked: plain data, every default filled in, every name resolved to something that
 * exists. Times and durations are ns, rates per second, shares 0 to 1. The YAML of it is in docs/scenario.md.
 */

import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject, Labels, Protocol } from '../cluster/api/meta.ts';
import type { IPFamily } from '../cluster/api/service.ts';
import type { ClientPolicy } from './client-policy.ts';
import type { ClusterFault, Repetition } from './timeline-faults.ts';

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
  /** Connections to an endpoint that has gone are reset. */
  resetConnections: boolean;
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
    /** The proxy deletes the UDP entries of an endpoint that has gone. */
    cleanUDP: boolean;
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
  /** Ports of nodes that packets from outside get to, as ranges; null: there is no firewall. */
  nodeFirewall: [number, number][] | null;
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

/** Where a client gets its address from. `podIP`: the Pod addresses at its start and never again; `endpoints`: it watches the API. */
export type Discovery = 'podIP' | 'dns' | 'env' | 'headless' | 'endpoints';

/** Which of a Service's addresses a client uses; null: Pods the cluster IP, users outside the load balancer, else an external IP, else a node port. */
export type ServiceEntry = 'clusterIP' | 'nodePort' | 'loadBalancer' | null;

export interface Call {
  /** `namespace/name` of a Service, and the Service port. */
  service: string;
  port: number;
  /** The host as it is written, with a dot at its end if it has one: what the client asks the resolver for. */
  host: string;
  protocol: Protocol;
  /** Of the addresses that are used; a Service or a Pod without one of it is not found. */
  family: IPFamily;
  entry: ServiceEntry;
  /** Share of requests that make this call. */
  share: number;
  /** Only requests of these callers make it: names of traffic, or of workloads; null: all. */
  callers: string[] | null;
  /** It is made together with the call before it, and not after that. */
  parallel: boolean;
  /** Its failure does not fail the request. */
  optional: boolean;
  /** A cache in front of it, shared by all Pods: how often it answers, and how fast it fills, ns; null: none. */
  cache: { hitRatio: number; refill: number } | null;
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
  /** FIFO: a request has a core for itself until it is done; otherwise all share the cores. */
  scheduling: 'fifo' | 'processorSharing';
  /** The CPU limit as the kernel keeps it: cores of CPU time per period (ns), and then none until the next; null: none. */
  cpuQuota: { quota: number; period: number } | null;
  queue: QueuePolicy;
  /** What becomes of a connection when the backlog is full: no answer, RST, or it is accepted and its request gets 503. */
  backlogFull: 'drop' | 'refuse' | 'unavailable';
  /** With n requests at once each takes 1 + alpha (n-1) + beta n (n-1) times as long; null: it does not depend. */
  contention: { alpha: number; beta: number } | null;
  /** A Pod that has just begun to listen takes so many times as long, less and less with this time constant (ns). */
  warmup: { slower: number; time: number } | null;
  /** Service times of single callers: names of traffic, or of workloads as `namespace/name`. */
  serviceTimeOf: Record<string, Distribution>;
  /** Each attempt of a call draws its service time anew, or all of one take equally long. */
  serviceTimePer: 'attempt' | 'request';
  /** Share of requests that end with this status; `fast`: without any work. */
  errors: { share: number; status: number; fast: boolean } | null;
  /** Bytes: of the process, and of each request that it works on; null: memory plays no part. */
  memory: { base: number; perRequest: number; limit: number } | null;
  /** Connections that a Pod holds at a time, idle ones too; a further one is refused. Infinity: any number. */
  maxConnections: number;
  /** On SIGTERM: finishes what it has, ends at once, or goes on as if nothing was. */
  shutdown: 'finish' | 'exit' | 'ignore';
  /** What a 503 of a full backlog asks the caller to wait, ns; 0: it does not say. */
  retryAfter: number;
  /** From the container's start until it listens, ns. */
  startup: number;
  /** Probes wait in the same queue as requests, so that overload fails them. */
  probesShareQueue: boolean;
  calls: Call[];
  /** How its Pods reach backends, where they route HTTP for an Ingress or a Gateway. */
  routes: { client: string; to: 'endpoints' | 'service' };
}

export interface QueuePolicy {
  discipline: 'fifo' | 'lifo' | 'priority';
  /** One that has waited so long for a slot gets 503, ns; Infinity: none. */
  maxWait: number;
  /** The same after `target`, while the queue has not been empty for `interval`, and after `interval` else, ns; null: not so. */
  controlledDelay: { target: number; interval: number } | null;
  /** Whether one whose caller has given up is not begun, and goes on no further. */
  dropAbandoned: boolean;
}

/** What ails Pods for a while. */
export interface Degradation {
  /** Everything takes so many times as long. */
  slower: number;
  /** Share of requests that end with `status`; `fast`: without any work. */
  errors: number;
  status: number;
  fast: boolean;
  /** Requests are accepted and never answered. */
  hangs: boolean;
}

/** What comes at its time, whatever the system does; and what waits for answers. */
export type ArrivalProcess = OpenProcess | ClosedProcess;

export type OpenProcess =
  /** Piecewise linear: [time ns, requests per second], times ascending, the first at 0. */
  | { kind: 'poisson'; rate: [number, number][] }
  /** Independent gaps; a constant one makes a metronome. */
  | { kind: 'renewal'; gap: Distribution }
  /** Poisson while a burst lasts, nothing between bursts. */
  | { kind: 'bursts'; rate: number; on: Distribution; off: Distribution }
  /** Poisson at the rate of a phase; each lasts for an exponential time of this mean and is followed by any other. */
  | { kind: 'mmpp'; phases: { rate: number; mean: number }[] }
  /** At these times, ns, ascending. */
  | { kind: 'replay'; times: number[] }
  /** Callers that come once every so many ns, in phase or evenly spread, each time up to `jitter` ns later. */
  | { kind: 'periodic'; every: number; callers: number; spread: boolean; jitter: number };

export type ClosedProcess =
  | ({ kind: 'users' } & UserPopulation)
  /** From `at` on, and again every so many ns (Infinity: never): workers that make `requests` as fast as they are answered. */
  | { kind: 'batch'; at: number; every: number; requests: number; workers: number };

/** Users of a closed loop, each with one request at a time. */
export interface UserPopulation {
  /** How many there are: piecewise linear, [time ns, users], times ascending, the first at 0. */
  count: [number, number][];
  /** From an answer to the same user's next request. */
  think: Distribution;
  /** After each request a user goes away with one chance in `requests`; null: never. */
  session: { requests: number; away: Distribution } | null;
  /** A user whose request failed waits so long at least, ns. */
  afterFailure: number;
  /** Share of failed requests after which the user leaves for good. */
  leave: number;
}

export interface TrafficSource {
  name: string;
  /** `namespace/name` of the Deployment whose Pods send; null: users outside, who arrive at the Service's load balancer. */
  from: string | null;
  service: string;
  port: number;
  /** As a call's. */
  host: string;
  client: string;
  protocol: Protocol;
  family: IPFamily;
  entry: ServiceEntry;
  /** The block that users outside come from; each has an address of its own, until there are more of them. */
  addresses: string;
  /** What the router behind `service` is asked; null: the Service's own Pods serve. */
  http: { url: string; method: string; headers: [string, string][] } | null;
  /** Shares of sending Pods by the discovery that they use; users outside know the address. */
  discovery: Partial<Record<Discovery, number>>;
  arrivals: ArrivalProcess;
}

export type TimelineEntry = { at: number; random?: Repetition } & (
  | { action: 'scale'; deployment: string; replicas: number }
  | { action: 'restart'; deployment: string }
  | { action: 'drain'; node: string }
  | { action: 'fail'; node: string; duration: number }
  | ({ action: 'dns' } & DNSFault)
  | { action: 'apply'; objects: readonly KubernetesObject[] }
  | { action: 'delete'; object: ObjectReference }
  | { action: 'fail'; zone: string; duration: number }
  | ({ action: 'degrade'; duration: number } & PodFault)
  | ({ action: 'link'; duration: number } & LinkFault)
  | { action: 'flush'; workload: string }
  | { action: 'kill'; workload: string; pods: PodCount }
  | ClusterFault
  | { action: 'pressure'; node: string /** Pods that have to go. */; evict: number; duration: number }
);

/** What happens to packets between two parts of the world, either way. */
export interface LinkFault {
  between: [LinkSide, LinkSide];
  /** Nothing comes through. */
  isCut: boolean;
  /** Each packet is so much later, ns, and up to `jitter` more. */
  delay: number;
  jitter: number;
  /** Share of packets lost. */
  loss: number;
}

/** `rest`: everything that is not of the other side. */
export type LinkSide = { kind: 'zone' | 'node'; name: string } | { kind: 'external' } | { kind: 'rest' };

/** So many, or a share of them. */
export type PodCount = { count: number } | { share: number };

export type PodFault =
  | { workload: string; pods: PodCount; degradation: Degradation }
  /** Everything on the Node, or on all Nodes of the zone, takes so many times as long. */
  | { node: string; slower: number }
  | { zone: string; slower: number };

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
