import { formatIPv4, parseCIDR, parseIPv4 } from '../cluster/address.ts';
import type { Service } from '../cluster/api/service.ts';
import { familyOf } from '../cluster/ip.ts';
import { keyOfObject } from '../cluster/store.ts';
import type { LoadBalancerSettings } from '../input/scenario.ts';
import type { ControlContext } from './context.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * Gives Services of type LoadBalancer their address, or says why there is none.
 * @source kubernetes cloud-provider controllers/service/controller.go (EnsuringLoadBalancer, EnsuredLoadBalancer); MetalLB
 *   controller/main.go (IPAllocated, AllocationFailed)
 * @simplifies one pool of IPv4 addresses, given out in order; a class of load balancers counts as nobody's
 */
export class LoadBalancers {
  readonly #context: ControlContext;
  readonly #settings: LoadBalancerSettings;
  readonly #queue: WorkQueue;
  /** By address: the Service that has it. */
  readonly #owners = new Map<string, string>();

  constructor(context: ControlContext, settings: LoadBalancerSettings) {
    this.#context = context;
    this.#settings = settings;
    this.#queue = new WorkQueue(context, settings.provisioning, (key) => this.#sync(key));
    context.store.watch('Service', (change, service) => this.#changed(change === 'deleted', service));
  }

  #changed(gone: boolean, service: Service): void {
    const key = keyOfObject(service);
    const ingress = service.status.loadBalancer.ingress ?? [];
    if (gone || service.spec.type !== 'LoadBalancer') {
      for (const { ip } of ingress) if (ip !== undefined && this.#owners.get(ip) === key) this.#owners.delete(ip);
      if (!gone && ingress.length > 0) this.#queue.add(key);
      return;
    }
    // What a manifest says it has, nobody else gets.
    for (const { ip } of ingress) if (ip !== undefined) this.#owners.set(ip, key);
    if (ingress.length > 0) return;
    if (this.#settings.provider === 'cloud') this.#tell(service, 'EnsuringLoadBalancer', 'Ensuring load balancer');
    this.#queue.add(key);
  }

  #sync(key: string): void {
    const { store, record } = this.#context;
    const service = store.withKey('Service', key);
    if (service === undefined) return;
    const { spec, status } = service;
    const isWanted = spec.type === 'LoadBalancer';
    const has = (status.loadBalancer.ingress ?? []).length > 0;
    if (isWanted === has) return;
    if (!isWanted) {
      status.loadBalancer = {};
      return store.update(service);
    }
    const { provider, addresses } = this.#settings;
    if (provider === 'none' || spec.loadBalancerClass !== undefined) {
      const whose = spec.loadBalancerClass ?? 'load balancers';
      const why = `its address stays <pending>: this cluster has no controller for ${whose}`;
      return record('warning', service, 'LoadBalancerPending', why);
    }
    const ip = this.#free(spec.loadBalancerIP);
    if (ip === undefined) {
      const reason = provider === 'metallb' ? 'AllocationFailed' : 'SyncLoadBalancerFailed';
      const wanted = spec.loadBalancerIP === undefined ? 'no available IPs' : `${spec.loadBalancerIP} is not to be had`;
      return record('warning', service, reason, `Failed to allocate IP for "${key}": ${wanted} in ${addresses}`);
    }
    this.#owners.set(ip, key);
    status.loadBalancer = { ingress: [{ ip, ipMode: 'VIP' }] };
    store.update(service);
    if (provider === 'metallb') this.#tell(service, 'IPAllocated', `Assigned IP ["${ip}"]`);
    else this.#tell(service, 'EnsuredLoadBalancer', 'Ensured load balancer');
  }

  /** What was there before the run began is no news. */
  #tell(service: Service, reason: string, message: string): void {
    if (!this.#context.settling) this.#context.record('info', service, reason, message);
  }

  /** @param wanted the address that the Service asks for */
  #free(wanted: string | undefined): string | undefined {
    const { base, bits } = parseCIDR(this.#settings.addresses);
    const end = base + 2 ** (32 - bits);
    if (wanted !== undefined && wanted !== '') {
      const isIn = familyOf(wanted) === 'IPv4' && parseIPv4(wanted) >= base && parseIPv4(wanted) < end;
      return isIn && !this.#owners.has(wanted) ? wanted : undefined;
    }
    // The first and the last of a block are often taken for its name and its broadcast address.
    for (let address = base + 1; address < end - 1; address++) {
      const ip = formatIPv4(address);
      if (!this.#owners.has(ip)) return ip;
    }
    return undefined;
  }
}
