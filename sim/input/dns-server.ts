import type { Faults } from './faults.ts';
import { CORE_DNS, dnsBehaviour, KUBE_DNS, kubeDNSManifests } from './kube-dns.ts';
import { type Manifest, readManifests } from './manifests/read.ts';
import type { CheckedScenario } from './scenario-schema.ts';
import { child, type Tree, textAt } from './tree.ts';
import { type World, workloadsBehind } from './world.ts';
import { readYaml } from './yaml.ts';

/**
 * The manifests of the DNS server, for a scenario that asks for one and has none. The scenario is not yet checked: what is wrong
 * with its section is told by its schema.
 */
export function dnsServerManifests(tree: Tree, manifests: readonly Manifest[], faults: Faults): Manifest[] {
  const cluster = child(tree, 'cluster');
  const server = child(child(cluster, 'dns'), 'server');
  if (server?.type !== 'mapping') return [];
  if (manifests.some(({ kind, namespace, name }) => kind === 'Service' && `${namespace}/${name}` === KUBE_DNS)) {
    return [];
  }
  const replicas = child(server, 'replicas');
  const count = replicas?.type === 'scalar' && Number.isSafeInteger(replicas.value) ? Number(replicas.value) : 2;
  const serviceCIDR = textAt(cluster, 'serviceCIDR') ?? '10.96.0.0/12';
  let text: string;
  try {
    text = kubeDNSManifests(Math.max(0, count), serviceCIDR);
  } catch {
    return []; // the schema says what is wrong with the block
  }
  return readYaml('kube-dns.yaml', text, faults).flatMap((document) => readManifests(document, 'kube-system', faults));
}

/** With the behaviour of the server's Pods, unless the scenario describes them itself. */
export function withDNSServer(scenario: CheckedScenario, world: World): CheckedScenario {
  const { server } = scenario.cluster.dns;
  if (server === null) return scenario;
  const [workload = CORE_DNS] = workloadsBehind(KUBE_DNS, world);
  if (scenario.workloads.some((each) => each.workload === workload)) return scenario;
  return { ...scenario, workloads: [...scenario.workloads, dnsBehaviour(workload, server)] };
}
