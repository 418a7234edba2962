import { formatIPv4, parseCIDR } from '../cluster/address.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { EnvVar, Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import { ObjectStore } from '../cluster/store.ts';
import { containerEnvironment } from '../discovery/environment.ts';
import { CannotCheck } from './check.ts';
import type { TestCluster } from './cluster.ts';
import type { ObjectRef, TestWorld } from './world.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * A cluster without controllers: objects are what they are. Only what the API server itself does happens (namespaces
 * exist, cluster IPs are allocated and survive), and containers start at the instant at which their Pod is there.
 */
export class PlainWorld implements TestWorld {
  readonly settings: TestCluster;
  readonly store: ObjectStore;
  readonly #clock = new Float64Array(1);
  /** The first addresses of the range are kept for the cluster's own: @source KEP-3070 */
  #allocated = 10;
  /** By Pod uid: what each container was started with. */
  readonly #environments = new Map<string, Map<string, EnvVar[]>>();

  constructor(settings: TestCluster, objects: readonly KubernetesObject[]) {
    this.settings = settings;
    this.store = new ObjectStore(this.#clock);
    this.apply(objects);
  }

  get now(): number {
    return this.#clock[0]!;
  }

  apply(objects: readonly KubernetesObject[]): void {
    for (const given of objects) {
      const object = structuredClone(given);
      const { kind, metadata } = object;
      const known = this.#find({ kind, namespace: metadata.namespace, name: metadata.name });
      if (known === undefined) {
        object.metadata = this.store.meta(metadata);
        if (kind === 'Service') this.#allocate((object as Service).spec);
        this.store.add(object as never);
      } else {
        keepAllocated(known, object);
        this.store.update(Object.assign(known, object) as never);
      }
    }
    this.#completeNamespaces();
    this.#startContainers();
  }

  delete(refs: readonly ObjectRef[]): void {
    for (const ref of refs) {
      const object = this.#find(ref);
      if (object === undefined) throw new CannotCheck(`there is no ${ref.kind} ${ref.namespace}/${ref.name} to delete`);
      this.#environments.delete(object.metadata.uid);
      this.store.remove(object as never);
    }
  }

  wait(duration: number): void {
    this.#clock[0]! += duration;
  }

  environmentOf(pod: Pod, container: string): readonly EnvVar[] | null {
    return this.#environments.get(pod.metadata.uid)?.get(container) ?? null;
  }

  /** @simplifies an IPv4 address alone, and no node ports */
  #allocate(spec: Service['spec']): void {
    if (spec.clusterIP || spec.type === 'ExternalName' || spec.ipFamilies?.[0] === 'IPv6') return;
    const { dataPlane, serviceCIDR } = this.settings;
    const { base } = parseCIDR((dataPlane.serviceCIDR ?? serviceCIDR).split(',')[0]!);
    const taken = new Set([...this.store.list('Service')].map((service) => service.spec.clusterIP));
    let ip: string;
    do ip = formatIPv4(base + ++this.#allocated);
    while (taken.has(ip));
    spec.clusterIP = ip;
    spec.clusterIPs = [ip];
  }

  #find({ kind, namespace, name }: ObjectRef): KubernetesObject | undefined {
    return this.store.get(kind as never, namespace, name);
  }

  /** A namespace that is used exists, and each has its name as a label. */
  #completeNamespaces(): void {
    const used = new Set<string>(['default']);
    for (const kind of ['Pod', 'Service', 'EndpointSlice', 'NetworkPolicy', 'Deployment', 'ConfigMap'] as const) {
      for (const { metadata } of this.store.list(kind)) used.add(metadata.namespace);
    }
    for (const name of used) {
      if (this.store.get('Namespace', '', name) !== undefined) continue;
      const metadata = this.store.meta({ name, labels: { [NAME_LABEL]: name } });
      this.store.add({ apiVersion: 'v1', kind: 'Namespace', metadata });
    }
    for (const namespace of this.store.list('Namespace')) {
      const { metadata } = namespace;
      if (metadata.labels[NAME_LABEL] === undefined)
        metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
    }
  }

  #startContainers(): void {
    for (const pod of this.store.list('Pod')) {
      if (this.#environments.has(pod.metadata.uid)) continue;
      const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
      this.#environments.set(
        pod.metadata.uid,
        new Map(containers.map((container) => [container.name, containerEnvironment(pod, container, this.store)])),
      );
    }
  }
}

/** What the API server carries over from an object to the one that replaces it. */
function keepAllocated(old: KubernetesObject, next: KubernetesObject): void {
  const { uid, creationTimestamp, generation } = old.metadata;
  next.metadata = { ...next.metadata, uid, creationTimestamp, generation: generation + 1 };
  if (next.kind !== 'Service') return;
  const [before, after] = [(old as Service).spec, (next as Service).spec];
  if (after.type === 'ExternalName') return;
  if (!after.clusterIP && before.clusterIP) after.clusterIP = before.clusterIP;
  if (!after.clusterIPs?.length && before.clusterIPs) after.clusterIPs = before.clusterIPs;
  for (const port of after.ports ?? []) {
    const same = before.ports?.find((each) => each.port === port.port && each.protocol === port.protocol);
    if (after.type !== 'ClusterIP' && port.nodePort === undefined && same?.nodePort) port.nodePort = same.nodePort;
  }
}
