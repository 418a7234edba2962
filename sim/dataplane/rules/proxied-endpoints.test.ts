import { expect, test } from 'vitest';
import { sliceOf } from '../../../test/kubernetes-objects.ts';
import { proxiedEndpoints } from './proxied-endpoints.ts';

const addresses = (slices: ReturnType<typeof sliceOf>[], key = 'ns/svc:p80/TCP') =>
  proxiedEndpoints(slices, 'IPv4', 'here')
    .get(key)
    ?.map(({ address }) => address);

test('the order is that of the texts, over all slices', () => {
  const a = sliceOf('ns/svc', ['10.2.2.2', '10.2.2.22'], { name: 'ns/a' });
  const b = sliceOf('ns/svc', ['10.2.10.3'], { name: 'ns/b' });
  expect(addresses([a, b])).toEqual(['10.2.10.3:80', '10.2.2.22:80', '10.2.2.2:80']);
});

test('duplicates count once, and a local one wins', () => {
  const elsewhere = sliceOf('ns/svc', [{ ip: '10.0.0.1', nodeName: 'there' }], { name: 'ns/a' });
  const here = sliceOf('ns/svc', [{ ip: '10.0.0.1', nodeName: 'here' }], { name: 'ns/b' });
  for (const slices of [
    [elsewhere, here],
    [here, elsewhere],
  ]) {
    const found = proxiedEndpoints(slices, 'IPv4', 'here').get('ns/svc:p80/TCP')!;
    expect(found.map(({ isLocal }) => isLocal)).toEqual([true]);
  }
});

test('only the first address of an endpoint counts', () => {
  const slice = sliceOf('ns/svc', [{ ip: '10.0.0.1', addresses: ['10.0.0.1', '10.0.0.9'] }]);
  expect(addresses([slice])).toEqual(['10.0.0.1:80']);
});

test.each([
  { name: 'another family', options: { addressType: 'IPv6' as const } },
  { name: 'no port number', options: { ports: [{ name: 'p80', protocol: 'TCP' as const }] } },
  { name: 'another proxy’s', options: { labels: { 'service.kubernetes.io/service-proxy-name': 'mine' } } },
  { name: 'headless', options: { labels: { 'service.kubernetes.io/headless': '' } } },
])('left out: $name', ({ options }) => {
  expect(addresses([sliceOf('ns/svc', ['10.0.0.1'], options)]) ?? []).toEqual([]);
});

test('ports meet by name and protocol, and the number is the slice’s', () => {
  const slice = sliceOf('ns/svc', ['10.0.0.1'], {
    ports: [
      { name: '', protocol: 'TCP', port: 8080 },
      { name: 'dns', protocol: 'UDP', port: 5353 },
    ],
  });
  expect(addresses([slice], 'ns/svc/TCP')).toEqual(['10.0.0.1:8080']);
  expect(addresses([slice], 'ns/svc:dns/UDP')).toEqual(['10.0.0.1:5353']);
  expect(addresses([slice], 'ns/svc:dns/TCP')).toBeUndefined();
});
