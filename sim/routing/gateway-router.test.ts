import { describe, expect, test } from 'vitest';
import { metaOf, serviceOf } from '../../test/kubernetes-objects.ts';
import type { Gateway, HTTPRoute } from '../cluster/api/networking.ts';
import { ObjectStore } from '../cluster/store.ts';
import { gatewayRouters } from './gateway-router.ts';
import { requestOf } from './http-request.ts';

type Spec = Partial<HTTPRoute['spec']>;

const LISTENER = { name: 'web', port: 80, protocol: 'HTTP' };
const to = (...backends: [name: string, weight?: number][]) => ({
  backendRefs: backends.map(([name, weight = 1]) => ({ name, port: 80, weight })),
});
const at = (value: string, type: 'Exact' | 'PathPrefix' | 'RegularExpression' = 'PathPrefix') => ({
  path: { type, value },
});

function routeOf(name: string, spec: Spec, created = 0): HTTPRoute {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { ...metaOf(name.includes('/') ? name : `shop/${name}`), creationTimestamp: created },
    spec: { parentRefs: [{ name: 'front', namespace: 'shop' }], rules: [], ...spec },
  };
}

function verdictOf(
  routes: HTTPRoute[],
  url: string,
  options: { listeners?: Gateway['spec']['listeners']; method?: string; headers?: [string, string][] } = {},
) {
  const { listeners = [LISTENER], method, headers } = options;
  const store = new ObjectStore(new Float64Array(1));
  for (const name of ['a', 'b', 'c', 'd']) store.add(serviceOf(`shop/${name}`, { ports: [{ port: 80 }] }));
  store.add({ apiVersion: 'v1', kind: 'Namespace', metadata: metaOf('team', { trusted: 'yes' }) });
  store.add({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: metaOf('shop/front'),
    spec: { gatewayClassName: 'x', listeners },
    status: {},
  });
  for (const route of routes) store.add(route);
  return gatewayRouters(store)[0]!.route(requestOf(url, method, headers)!);
}

function answerOf(...given: Parameters<typeof verdictOf>): string {
  const { status, backends } = verdictOf(...given);
  return status === null ? backends.map(({ name }) => name).join() : String(status);
}

describe('of rules that match, the first by precedence takes the request', () => {
  const routes = [
    routeOf('z', {
      rules: [
        { matches: [at('/')], ...to(['a']) },
        { matches: [at('/cart')], ...to(['b']) },
        { matches: [at('/cart', 'Exact')], ...to(['c']) },
        { matches: [{ ...at('/cart'), method: 'POST' }], ...to(['d']) },
        { matches: [{ ...at('/cart'), headers: [{ name: 'X-Canary', value: 'yes' }] }], ...to(['a']) },
        { matches: [{ ...at('/cart'), queryParams: [{ name: 'q', value: '1' }] }], ...to(['c']) },
      ],
    }),
  ];
  test.each<[url: string, options: Parameters<typeof verdictOf>[2], answer: string]>([
    ['http://h/x', {}, 'a'],
    ['http://h/cartoon', {}, 'a'],
    ['http://h/cart/1', {}, 'b'],
    ['http://h/cart', {}, 'c'],
    ['http://h/cart/1', { method: 'POST' }, 'd'],
    ['http://h/cart/1', { headers: [['x-canary', 'yes']] }, 'a'],
    ['http://h/cart/1', { headers: [['x-canary', 'yes']], method: 'POST' }, 'd'],
    ['http://h/cart/1?q=1', {}, 'c'],
  ])('%s %o: %s', (url, options, answer) => {
    expect(answerOf(routes, url, options)).toBe(answer);
  });
});

test('a route with the more specific host comes first; of equal ones the older, then the first by name', () => {
  const rules = (name: string) => ({ rules: [{ matches: [at('/')], ...to([name]) }] });
  const wild = routeOf('wild', { hostnames: ['*.example'], ...rules('a') });
  const exact = routeOf('exact', { hostnames: ['shop.example'], ...rules('b') }, 9);
  expect(answerOf([wild, exact], 'http://shop.example/')).toBe('b');
  expect(answerOf([wild, exact], 'http://deep.shop.example/')).toBe('a'); // a wildcard is any number of labels
  expect(answerOf([wild, exact], 'http://example/')).toBe('404');
  expect(answerOf([routeOf('m', rules('a'), 5), routeOf('z', rules('b'), 1)], 'http://h/')).toBe('b');
  expect(answerOf([routeOf('m', rules('a')), routeOf('b', rules('b'))], 'http://h/')).toBe('b');
});

test('weights share the requests; what is invalid answers 500 for its share; nothing valid, 500 for all', () => {
  const shares = verdictOf([routeOf('r', { rules: [to(['a', 90], ['b', 10], ['c', 0])] })], 'http://h/');
  expect(shares.backends.map(({ name, share }) => [name, share])).toEqual([
    ['a', 0.9],
    ['b', 0.1],
  ]);
  const half = verdictOf([routeOf('r', { rules: [to(['a'], ['nobody'])] })], 'http://h/');
  expect(half.backends.map(({ problem }) => problem)).toEqual([null, 'there is no Service shop/nobody']);
  expect(answerOf([routeOf('r', { rules: [to(['a', 0])] })], 'http://h/')).toBe('500');
  expect(answerOf([routeOf('r', { rules: [to(['nobody'])] })], 'http://h/')).toBe('500');
});

test('a rule that redirects answers itself', () => {
  const filters = [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }];
  expect(answerOf([routeOf('r', { rules: [{ filters }] })], 'http://h/')).toBe('301');
});

test('listeners take by protocol, port and the most specific host, and routes of whom they allow', () => {
  const rules = [to(['a'])];
  const listeners = [
    { ...LISTENER, hostname: '*.example' },
    { ...LISTENER, name: 'own', hostname: 'shop.example', allowedRoutes: { namespaces: { from: 'All' } } },
    { name: 'tls', port: 443, protocol: 'HTTPS' },
  ];
  const sectioned = routeOf('r', { parentRefs: [{ name: 'front', sectionName: 'own' }], rules });
  expect(answerOf([sectioned], 'http://shop.example/', { listeners })).toBe('a');
  expect(answerOf([sectioned], 'http://x.example/', { listeners })).toBe('404');
  expect(answerOf([routeOf('r', { rules })], 'https://anything/', { listeners })).toBe('a');
  expect(answerOf([routeOf('r', { rules })], 'http://elsewhere/', { listeners })).toBe('404');
  const foreign = routeOf('team/r', {
    rules: [{ backendRefs: [{ name: 'a', namespace: 'shop', port: 80, weight: 1 }] }],
  });
  expect(answerOf([foreign], 'http://x.example/', { listeners })).toBe('404');
  expect(answerOf([foreign], 'http://shop.example/', { listeners })).toBe('500'); // attached, but without a ReferenceGrant
  const selector = { matchLabels: { trusted: 'yes' } };
  const selected = [{ ...LISTENER, allowedRoutes: { namespaces: { from: 'Selector', selector } } }];
  expect(answerOf([routeOf('team/r', { rules: [to(['a'])] })], 'http://h/', { listeners: selected })).toBe('500');
});

test('a regular expression is held against the whole path, in linear time', () => {
  const routes = [routeOf('r', { rules: [{ matches: [at('/(a+)+$', 'RegularExpression')], ...to(['a']) }] })];
  expect(answerOf(routes, 'http://h/aaa')).toBe('a');
  expect(answerOf(routes, `http://h/${'a'.repeat(5000)}!`)).toBe('404');
  expect(answerOf(routes, 'http://h/x/aaa')).toBe('404');
});
