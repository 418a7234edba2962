import { expect, test } from 'vitest';
import { metaOf, serviceOf } from '../../test/kubernetes-objects.ts';
import type { Ingress } from '../cluster/api/networking.ts';
import { ObjectStore } from '../cluster/store.ts';
import { requestOf } from './http-request.ts';
import { ingressRouters } from './ingress-router.ts';

type Paths = [path: string, type: 'Exact' | 'Prefix' | 'ImplementationSpecific', service: string][];

function ingressOf(name: string, hosts: Record<string, Paths>, fallback?: string): Ingress {
  const to = (service: string) => ({ service: { name: service, port: { number: 80 } } });
  const rules = Object.entries(hosts).map(([host, paths]) => ({
    ...(host !== '' && { host }),
    http: { paths: paths.map(([path, pathType, service]) => ({ path, pathType, backend: to(service) })) },
  }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metaOf(`shop/${name}`),
    spec: { ingressClassName: 'nginx', rules, ...(fallback && { defaultBackend: to(fallback) }) },
    status: { loadBalancer: {} },
  };
}

function answerOf(ingresses: Ingress[], url: string): string {
  const store = new ObjectStore(new Float64Array(1));
  for (const name of ['a', 'b', 'c', 'd', 'rest']) store.add(serviceOf(`shop/${name}`, { ports: [{ port: 80 }] }));
  for (const ingress of ingresses) store.add(ingress);
  const [router] = ingressRouters(store);
  const { status, backends, because } = router!.route(requestOf(url)!);
  return status === null ? backends[0]!.name : `${status} ${because}`;
}

// The table of kubernetes.io/docs/concepts/services-networking/ingress: kind, paths, request path, matches?
test.each<[type: 'Exact' | 'Prefix', path: string, asked: string, matches: boolean]>([
  ['Prefix', '/', '/anything', true],
  ['Exact', '/foo', '/foo', true],
  ['Exact', '/foo', '/bar', false],
  ['Exact', '/foo', '/foo/', false],
  ['Exact', '/foo/', '/foo', false],
  ['Prefix', '/foo', '/foo', true],
  ['Prefix', '/foo', '/foo/', true],
  ['Prefix', '/foo/', '/foo', true],
  ['Prefix', '/foo/', '/foo/', true],
  ['Prefix', '/aaa/bb', '/aaa/bbb', false],
  ['Prefix', '/aaa/bbb', '/aaa/bbb', true],
  ['Prefix', '/aaa/bbb/', '/aaa/bbb', true],
  ['Prefix', '/aaa/bbb', '/aaa/bbb/', true],
  ['Prefix', '/aaa/bbb', '/aaa/bbb/ccc', true],
  ['Prefix', '/aaa/bbb', '/aaa/bbbxyz', false],
])('%s %s takes %s: %s', (type, path, asked, matches) => {
  const answer = answerOf([ingressOf('web', { '': [[path, type, 'a']] }, 'rest')], `http://shop.example${asked}`);
  expect(answer).toBe(matches ? 'a' : 'rest');
});

test('of paths that match, an exact one wins, then the longest', () => {
  const web = ingressOf('web', {
    '': [
      ['/', 'Prefix', 'a'],
      ['/cart', 'Prefix', 'b'],
      ['/cart/pay', 'Exact', 'c'],
      ['/cart/pay', 'Prefix', 'd'],
    ],
  });
  expect(['/', '/cart/x', '/cart/pay', '/cart/pay/x'].map((path) => answerOf([web], `http://h${path}`))).toEqual([
    'a',
    'b',
    'c',
    'd',
  ]);
});

test('the most specific host wins and falls back to no other; a wildcard is one label', () => {
  const web = ingressOf('web', {
    'shop.example': [['/cart', 'Prefix', 'a']],
    '*.example': [['/', 'Prefix', 'b']],
    '': [['/', 'Prefix', 'c']],
  });
  expect(answerOf([web], 'http://SHOP.example/cart')).toBe('a');
  expect(answerOf([web], 'http://shop.example/')).toBe('404 no rule matches, and there is no default backend');
  expect(answerOf([web], 'http://other.example/')).toBe('b');
  expect(answerOf([web], 'http://a.b.example/')).toBe('c');
});

test('of Ingresses that say the same the oldest wins; a Service that is not there is 503', () => {
  const older = ingressOf('z', { '': [['/', 'Prefix', 'a']] });
  const newer = ingressOf('a', { '': [['/', 'Prefix', 'b']] });
  newer.metadata.creationTimestamp = 5;
  expect(answerOf([newer, older], 'http://h/')).toBe('a');
  const lost = ingressOf('lost', { '': [['/', 'Prefix', 'nobody']] });
  expect(answerOf([lost], 'http://h/')).toBe('503 there is no Service shop/nobody');
});
