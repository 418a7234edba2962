import { expect, test } from 'vitest';
import { type ServiceOptions, serviceOf } from '../../../test/kubernetes-objects.ts';
import { proxiedPorts } from './service-port.ts';

const portsOf = (options: ServiceOptions, family: 'IPv4' | 'IPv6' = 'IPv4') =>
  proxiedPorts([serviceOf('ns/svc', { clusterIP: '172.30.0.1', ...options })], family);

test.each<{ name: string; options: ServiceOptions }>([
  { name: 'headless', options: { clusterIP: 'None' } },
  { name: 'without an address yet', options: { clusterIP: '' } },
  { name: 'ExternalName, whatever address it has', options: { type: 'ExternalName', externalName: 'example.org' } },
  { name: 'another proxy’s', options: { labels: { 'service.kubernetes.io/service-proxy-name': 'mine' } } },
  { name: 'of the other family', options: { clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] } },
])('left out: $name', ({ options }) => expect(portsOf(options)).toEqual([]));

test('each family has its address of a dual-stack Service, canonically spelt', () => {
  const options = {
    clusterIP: '172.30.0.1',
    clusterIPs: ['172.30.0.1', 'FD00:0::1'],
    externalIPs: ['1.2.3.4', 'fd00::2'],
  };
  expect(portsOf(options)[0]).toMatchObject({ clusterIP: '172.30.0.1', externalIPs: ['1.2.3.4'] });
  expect(portsOf(options, 'IPv6')[0]).toMatchObject({ clusterIP: 'fd00::1', externalIPs: ['fd00::2'] });
});

test('texts and keys', () => {
  expect(portsOf({ ports: [{ port: 80 }] })[0]).toMatchObject({ text: 'ns/svc', key: 'ns/svc/TCP', portName: '' });
  expect(portsOf({ ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] })[0]).toMatchObject({
    text: 'ns/svc:dns',
    key: 'ns/svc:dns/UDP',
  });
});

test('a load balancer: addresses in VIP mode only, source ranges trimmed, health check under policy Local', () => {
  const options: ServiceOptions = {
    type: 'LoadBalancer',
    ingress: [{ ip: '1.2.3.4' }, { ip: '5.6.7.8', ipMode: 'Proxy' }, {}],
    loadBalancerSourceRanges: [' 203.0.113.0/25', 'fd00::/64'],
    healthCheckNodePort: 30_000,
  };
  expect(portsOf({ ...options, externalTrafficPolicy: 'Cluster' })[0]).toMatchObject({
    loadBalancerVIPs: ['1.2.3.4'],
    sourceRanges: ['203.0.113.0/25'],
    healthCheckNodePort: 0,
  });
  expect(portsOf({ ...options, externalTrafficPolicy: 'Local' })[0]).toMatchObject({ healthCheckNodePort: 30_000 });
});

test.each([
  { sessionAffinity: 'None' as const, expected: null },
  { sessionAffinity: 'ClientIP' as const, expected: 10_800 },
  { sessionAffinity: 'ClientIP' as const, sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } }, expected: 60 },
])('affinity %o', ({ expected, ...options }) => expect(portsOf(options)[0]!.affinitySeconds).toBe(expected));
