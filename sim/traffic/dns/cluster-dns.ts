import type { Registry } from '../../cluster/registry.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import type { DataPlane } from '../../dataplane/data-plane.ts';
import type { KubeletDNS } from '../../discovery/resolv-conf.ts';
import { CoreDNS } from '../../discovery/server/core-dns.ts';
import { serverSettings } from '../../discovery/server/settings.ts';
import type { Engine } from '../../engine/engine.ts';
import { KUBE_DNS } from '../../input/kube-dns.ts';
import type { ClusterSettings } from '../../input/scenario.ts';
import type { TraceWriter } from '../../trace/writer.ts';
import type { Client } from '../client.ts';
import type { Targets } from '../ledger.ts';
import type { Network } from '../network.ts';
import type { Servers } from '../servers.ts';
import type { ServiceTargets } from '../service-targets.ts';
import { DNSBooks } from './dns-books.ts';
import { Lookups } from './lookups.ts';
import { type Plan, planOf } from './plan.ts';
import { Questions } from './questions.ts';

const CLUSTER_DOMAIN = 'cluster.local';
/** A name server outside. */
const HOST_RESOLV_CONF = { nameservers: ['192.0.2.53'], search: [], options: [] };

/** The cluster's DNS as clients meet it, for a scenario whose server is simulated. */
export function clusterLookups(
  world: {
    engine: Engine;
    store: ObjectStore;
    pods: Registry<'Pod'>;
    dataPlane: DataPlane;
    network: Network;
    servers: Servers;
    targets: ServiceTargets;
  },
  settings: ClusterSettings,
  seed: number,
  trace: TraceWriter,
  objects: Targets,
): Lookups {
  const { engine, store, pods, dataPlane, targets } = world;
  const { dns, watchDelay } = settings;
  // `--cluster-dns` of the kubelets: the address that the Service had when they were set up.
  let clusterDNS: string | undefined;
  let port: number | undefined;
  const address = () => (clusterDNS ??= clusterIPOf(store));
  const section = {
    ttl: dns.ttl,
    pods: 'insecure',
    ignoreEmptyService: false,
    endpointPodNames: false,
    apiSynced: true,
    clusterDomain: CLUSTER_DOMAIN,
    clusterDNS: [],
    external: {},
  } as const;
  const server = new CoreDNS(store, serverSettings(section));
  const { addresses } = dataPlane;
  const questions = new Questions({ store, clock: engine.clock, addresses, targets, server }, watchDelay);
  const known = new Map<string, Plan>();
  const planFor = ({ edge, pod }: Client): Plan => {
    const object = pods.at(pod);
    const { namespace } = object.metadata;
    const key = JSON.stringify([
      edge.host,
      namespace,
      object.spec.dnsPolicy,
      object.spec.dnsConfig,
      object.spec.hostNetwork,
      edge.policy.resolver,
    ]);
    let plan = known.get(key);
    if (plan === undefined) {
      const kubelet: KubeletDNS = {
        clusterDomain: CLUSTER_DOMAIN,
        clusterDNS: [address()],
        hostResolvConf: HOST_RESOLV_CONF,
      };
      plan = planOf(edge.host, object, kubelet, edge.policy.resolver, questions);
      known.set(key, plan);
    }
    return plan;
  };
  return new Lookups(
    {
      ...world,
      questions,
      books: new DNSBooks(trace, objects),
      planOf: planFor,
      serviceSlot: () => targets.slotOfAddress(address()),
      port: () => (port ??= udpPortOf(store)),
    },
    {
      ttl: dns.ttl,
      latency: dns.latency,
      nodeLocal: dns.nodeLocal,
      raceProbability: raceOf(settings),
      seed,
    },
  );
}

/** Without kube-proxy's connection tracking there is nothing to race for. */
function raceOf({ dns, dataPlane }: ClusterSettings): number {
  return dataPlane.mode === 'ebpf' ? 0 : (dns.conntrackRace?.probability ?? 0);
}

function udpPortOf(store: ObjectStore): number {
  const [namespace, name] = KUBE_DNS.split('/') as [string, string];
  const ports = store.get('Service', namespace, name)?.spec.ports ?? [];
  return Math.max(
    0,
    ports.findIndex(({ port, protocol }) => port === 53 && protocol === 'UDP'),
  );
}

function clusterIPOf(store: ObjectStore): string {
  const [namespace, name] = KUBE_DNS.split('/') as [string, string];
  return store.get('Service', namespace, name)?.spec.clusterIP ?? '';
}
