import { canonicalIP, familyOf } from '../../cluster/ip.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import { clusterIPsOf, hasPodWithAddress, isHeadless, NO_PORT, publishedEndpoints } from './published.ts';
import type { RequestName } from './request-name.ts';
import type { DNSServerSettings } from './settings.ts';

/** What a name of the cluster leads to. */
export interface Target {
  /** The name that has it, below the zone: `web.shop.svc`, `web-0.web.shop.svc`. */
  owner: string;
  /** An address, or the name that an ExternalName Service stands for. */
  host: string;
  /** NO_PORT: the Service declares none. Of what never has a port, such as a Pod: 0. */
  port: number;
}

/** `missing`: there is no such name (NXDOMAIN); no targets: there is, but nothing to tell of it. */
export interface Found {
  missing: boolean;
  targets: Target[];
  why: string;
}

/** @source CoreDNS plugin/kubernetes/kubernetes.go, Records, findServices and findPods */
export function findName(request: RequestName | null, objects: ClusterObjects, settings: DNSServerSettings): Found {
  if (request === null) return missing('no name of the cluster is formed like this');
  if (request.kind === '') return { missing: false, targets: [], why: 'the name is there, since others are below it' };
  if (!isServed(request.namespace, objects, settings)) {
    const isThere = objects.get('Namespace', '', request.namespace) !== undefined;
    return missing(`namespace ${request.namespace} ${isThere ? 'is not served' : 'is not there'}`);
  }
  return request.kind === 'pod' ? findPod(request, objects, settings) : findService(request, objects, settings);
}

export function isServed(namespace: string, objects: ClusterObjects, { namespaces }: DNSServerSettings): boolean {
  return (namespaces?.includes(namespace) ?? true) && objects.get('Namespace', '', namespace) !== undefined;
}

function findPod({ namespace, name }: RequestName, objects: ClusterObjects, { pods }: DNSServerSettings): Found {
  if (pods === 'disabled') return missing('names of Pods by address are switched off (pods disabled)');
  if (name === '') return { missing: false, targets: [], why: `namespace ${namespace} is there` };
  const isV4 = name.split('-').length === 4 && !name.includes('--');
  const ip = name.replaceAll('-', isV4 ? '.' : ':');
  if (familyOf(ip) === null) return missing(`${name} is no address with dashes`);
  if (pods === 'verified' && !hasPodWithAddress(canonicalIP(ip), namespace, objects)) {
    return missing(`no running Pod of namespace ${namespace} has the address ${ip} (pods verified)`);
  }
  const why =
    pods === 'insecure' ? 'every address has a name, whether a Pod has it or not (pods insecure)' : 'a Pod has it';
  return { missing: false, targets: [{ owner: `${name}.${namespace}.pod`, host: ip, port: 0 }], why };
}

function findService(request: RequestName, objects: ClusterObjects, settings: DNSServerSettings): Found {
  const { namespace, name, endpoint } = request;
  if (name === '') return { missing: false, targets: [], why: `namespace ${namespace} is there` };
  const service = objects.get('Service', namespace, name);
  if (service === undefined) return missing(`there is no Service ${namespace}/${name}`);
  const { spec } = service;
  const owner = `${name}.${namespace}.svc`;

  if (spec.type === 'ExternalName') {
    if (endpoint !== '' || request.port !== '' || request.protocol !== '') {
      return missing(`the ExternalName Service ${namespace}/${name} has neither endpoints nor ports`);
    }
    const host = spec.externalName ?? '';
    if (familyOf(host) !== null) return missing(`the ExternalName of ${namespace}/${name} is an address, not a name`);
    return { missing: false, targets: [{ owner, host, port: NO_PORT }], why: `ExternalName Service: ${host}` };
  }

  const endpoints = () => publishedEndpoints(service, objects, settings.endpointPodNames);
  if (isHeadless(service) || endpoint !== '') {
    const called = endpoints().filter(({ label }) => endpoint === '' || label.toLowerCase() === endpoint);
    const targets = called.flatMap(({ ip, label, ports }) =>
      ports
        .filter((port) => isAsked(port, request))
        .map(({ port }) => ({ owner: `${label}.${owner}`, host: ip, port })),
    );
    if (targets.length > 0) return { missing: false, targets, why: readyEndpoints(called.length) };
    return missing(
      endpoint === ''
        ? `no endpoint of the headless Service ${namespace}/${name} is ready${askedPort(request)}`
        : `no ready endpoint of ${namespace}/${name} is called ${endpoint}`,
    );
  }

  if (settings.ignoreEmptyService && endpoints().length === 0) {
    return missing(`Service ${namespace}/${name} has no ready endpoint (ignore empty_service)`);
  }
  const known = spec.ports?.length ? spec.ports : [{ name: '', protocol: '', port: NO_PORT }];
  const ports = known.filter((port) => isAsked(port, request));
  if (ports.length === 0) return missing(`Service ${namespace}/${name} has no port${askedPort(request)}`);
  const targets = ports.flatMap(({ port }) => clusterIPsOf(spec).map((host) => ({ owner, host, port })));
  return { missing: false, targets, why: `Service ${namespace}/${name}, by its cluster IP` };
}

function readyEndpoints(count: number): string {
  return count === 1 ? 'one ready endpoint' : `${count} ready endpoints`;
}

function missing(why: string): Found {
  return { missing: true, targets: [], why };
}

function isAsked({ name = '', protocol }: { name?: string; protocol: string }, request: RequestName): boolean {
  const fits = (asked: string, own: string) => asked === '' || asked === own.toLowerCase();
  return fits(request.port, name) && fits(request.protocol, protocol);
}

function askedPort({ port, protocol }: RequestName): string {
  return port === '' && protocol === '' ? '' : ` (port ${port}, protocol ${protocol})`;
}
