import seedrandom from 'seedrandom';
import type { Endpoint, EndpointSlice } from '../../sim/cluster/api/endpoint-slice.ts';
import type { Service, ServiceSpec } from '../../sim/cluster/api/service.ts';
import { DEFAULT_PROXY_SETTINGS, type ProxyInput, type ProxyMode } from '../../sim/dataplane/rules/proxy-input.ts';
import { nodeOf, serviceOf, sliceOf } from '../kubernetes-objects.ts';
import { CLIENT_IP, HOST_PARTS, NODE_IPS } from './lab.ts';

export const BACKEND_PORTS = [8000, 8001, 8002];
const SERVICE_COUNT = 9;

/**
 * A cluster drawn from a seed: Services of all types and policies, endpoints in all states.
 * @param index of the cluster in a run; no two have a name or an address in common, so that what one leaves behind in the
 *   kernel (connections, affinity) does not touch the next
 */
export function randomCluster(seed: number, index: number, mode: ProxyMode): ProxyInput {
  const random = seedrandom(`${seed}/${index}/${mode}`);
  const chance = (p: number) => random() < p;
  const oneOf = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const services: Service[] = [];
  const slices: EndpointSlice[] = [];
  const subnet = index * 2 + (mode === 'iptables' ? 0 : 1);
  for (let i = 0; i < SERVICE_COUNT; i++) {
    const name = `ns${subnet}/svc${i}`;
    const port = oneOf(BACKEND_PORTS);
    const portName = chance(0.2) ? '' : 'main';
    services.push(serviceOf(name, drawSpec(i, portName)));
    slices.push(sliceOf(name, drawEndpoints(), { ports: [{ name: portName, protocol: 'TCP', port }] }));
  }
  const zone = { 'topology.kubernetes.io/zone': 'a' };
  const settings = {
    ...DEFAULT_PROXY_SETTINGS,
    mode,
    masqueradeAll: chance(0.2),
    clusterCIDR: chance(0.8) ? '10.244.0.0/16' : null,
    serviceCIDR: '172.30.0.0/16',
    nodePortAddresses: chance(0.6) ? [] : ['192.168.0.0/24', '127.0.0.0/8'],
    localhostNodePorts: chance(0.7),
  };
  return { services, slices, node: nodeOf('here', NODE_IPS, zone), settings };

  function drawSpec(i: number, portName: string): Parameters<typeof serviceOf>[1] {
    const type = oneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'LoadBalancer'] as const);
    const clusterIP = `172.30.${subnet}.${i + 10}`;
    const spec: Parameters<typeof serviceOf>[1] = {
      type,
      clusterIP,
      clusterIPs: [clusterIP],
      internalTrafficPolicy: chance(0.25) ? 'Local' : 'Cluster',
      sessionAffinity: chance(0.3) ? 'ClientIP' : 'None',
      ports: [
        {
          ...(portName !== '' && { name: portName }),
          port: 80,
          ...(type !== 'ClusterIP' && { nodePort: 30000 + subnet * 100 + i }),
        },
      ],
    };
    if (chance(0.3)) spec.externalIPs = [`198.19.${subnet}.${i + 10}`];
    if (type !== 'ClusterIP' || spec.externalIPs) spec.externalTrafficPolicy = policy();
    if (type === 'LoadBalancer')
      spec.ingress = [{ ip: `198.51.100.${subnet * 12 + i}`, ...(chance(0.1) && { ipMode: 'Proxy' }) }];
    if (type === 'LoadBalancer' && chance(0.4)) spec.loadBalancerSourceRanges = drawRanges();
    return spec;
  }

  function policy(): NonNullable<ServiceSpec['externalTrafficPolicy']> {
    return chance(0.5) ? 'Local' : 'Cluster';
  }

  function drawRanges(): string[] {
    return ['192.168.0.0/24', '203.0.113.0/24', '10.244.0.0/24', '198.18.5.0/24']
      .filter(() => chance(0.5))
      .concat('192.0.2.128/25')
      .slice(0, 3);
  }

  function drawEndpoints(): (Partial<Endpoint> & { ip: string })[] {
    const count = oneOf([0, 1, 1, 2, 3, 4, 6, 9]);
    const isHinted = chance(0.2);
    const isRemote = chance(0.3);
    const hosts = HOST_PARTS.toSorted(() => random() - 0.5).slice(0, count);
    const drawn = hosts.map((host): Partial<Endpoint> & { ip: string } => {
      const isLocal = !isRemote && chance(0.5);
      return {
        ip: `10.244.${isLocal ? 1 : 2}.${host}`,
        nodeName: isLocal ? 'here' : 'elsewhere',
        conditions: chance(0.7)
          ? { ready: true }
          : oneOf([
              { ready: false, serving: true, terminating: true },
              { ready: false, serving: false, terminating: false },
              { ready: false, serving: false, terminating: true },
            ]),
        ...(isHinted && { hints: { forZones: [{ name: oneOf(['a', 'b']) }] } }),
      };
    });
    // The client Pod itself, for the way back to where the packet came from.
    if (chance(0.4)) drawn.push({ ip: CLIENT_IP, nodeName: 'here', conditions: { ready: true } });
    return drawn;
  }
}
