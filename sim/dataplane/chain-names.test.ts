import { describe, expect, test } from 'vitest';
import * as iptables from './iptables/chain-names.ts';
import * as nftables from './nftables/chain-names.ts';

const cases = [
  {
    name: 'ns1/svc1:p80 tcp', // pkg/proxy/iptables/proxier_test.go and its nftables neighbour
    port: { namespace: 'ns1', service: 'svc1', portName: 'p80', protocol: 'TCP' },
    endpoint: { ip: '10.180.0.1', port: 80 },
    hash: 'XPGD46QRK7WJZT7O',
    sep: 'SXIVWICOYRO3J4NJ',
    base: 'ULMVA6XW-ns1/svc1/tcp/p80',
    endpointBase: '5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80',
  },
  {
    name: 'ns4/svc4:p80 tcp',
    port: { namespace: 'ns4', service: 'svc4', portName: 'p80', protocol: 'TCP' },
    endpoint: { ip: '10.180.0.5', port: 80 },
    hash: '4SW47YFZTEDKD3PK',
    sep: 'C6EBXVWJJZMIWKLZ',
    base: 'LAUZTJTB-ns4/svc4/tcp/p80',
    endpointBase: '5RFCDDV7-ns4/svc4/tcp/p80__10.180.0.5/80',
  },
  {
    name: 'ns3/svc3:p8081 tcp',
    port: { namespace: 'ns3', service: 'svc3', portName: 'p8081', protocol: 'TCP' },
    endpoint: { ip: '203.0.113.4', port: 8081 },
    hash: 'XCEHPU5FRBD7KKBT',
    sep: 'RUVVH7YV3PHQBDOS',
    base: '2CT6JPSK-ns3/svc3/tcp/p8081',
    endpointBase: '5KLNFWLD-ns3/svc3/tcp/p8081__203.0.113.4/8081',
  },
  {
    name: 'the cluster’s DNS, as every cluster shows it',
    port: { namespace: 'kube-system', service: 'kube-dns', portName: 'dns', protocol: 'UDP' },
    endpoint: { ip: '10.244.0.2', port: 53 },
    hash: 'TCOU7JCQXEZGVUNU',
    sep: 'YIL6JZP7A3QYXJU2',
    base: 'FY5PMXPG-kube-system/kube-dns/udp/dns',
    endpointBase: '2GKX576Q-kube-system/kube-dns/udp/dns__10.244.0.2/53',
  },
] as const;

describe.each(cases)('$name', ({ port, endpoint, hash, sep, base, endpointBase }) => {
  const text = `${port.namespace}/${port.service}:${port.portName}`;
  test('iptables', () => {
    expect(iptables.portChains({ text, protocol: port.protocol })).toEqual({
      cluster: `KUBE-SVC-${hash}`,
      local: `KUBE-SVL-${hash}`,
      external: `KUBE-EXT-${hash}`,
      firewall: `KUBE-FW-${hash}`,
    });
    const address = `${endpoint.ip}:${endpoint.port}`;
    expect(iptables.endpointChain({ text, protocol: port.protocol }, address)).toBe(`KUBE-SEP-${sep}`);
  });
  test('nftables', () => {
    expect(nftables.portChains(port)).toEqual({
      cluster: `service-${base}`,
      local: `local-${base}`,
      external: `external-${base}`,
      firewall: `firewall-${base}`,
    });
    expect(nftables.endpointNames(port, endpoint)).toEqual({
      chain: `endpoint-${endpointBase}`,
      affinity: `affinity-${endpointBase}`,
    });
  });
});

test('an IPv6 endpoint has dots for colons, and a long name is cut at 240 characters', () => {
  const long = {
    namespace: 'n'.repeat(63),
    service: 's'.repeat(63),
    portName: 'p'.repeat(63),
    protocol: 'TCP',
  } as const;
  const { chain } = nftables.endpointNames(long, { ip: '2001:db8:1111:2222:3333:4444:5555:6666', port: 65535 });
  expect(chain).toHaveLength('endpoint-'.length + 240);
  expect(chain).toMatch(/2001\.db8\..*\.\.\.$/);
});
