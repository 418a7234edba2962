import { describe, expect, test } from 'vitest';
import type { DNSServer, Rcode } from '../message.ts';
import { type Library, lookUp, type ResolverClient } from './look-up.ts';
import { readOptions } from './options.ts';

/** Knows the addresses of some names; `empty.` names are there without, `broken.` ones fail. */
function serverOf(known: Record<string, string[]>): DNSServer {
  return {
    answer: (name, type) => {
      const family = type === 'AAAA' ? ':' : '.';
      const own = (known[name] ?? []).filter((ip) => ip.includes(family));
      const rcode: Rcode = name.startsWith('broken.') ? 'SERVFAIL' : known[name] !== undefined ? 'NOERROR' : 'NXDOMAIN';
      const answers = own.map((data) => ({ name, type, ttl: 30, data }));
      return { rcode, answers, additionals: [], authoritySOA: null, why: 'a table' };
    },
  };
}

const SERVER = serverOf({
  'web.shop.svc.test.': ['10.0.0.1'],
  'web.pay.svc.test.': ['10.0.0.2'],
  'dual.shop.svc.test.': ['10.0.0.3', 'fd00::3'],
  'six.shop.svc.test.': ['fd00::6'],
  'empty.shop.svc.test.': [],
  'empty.svc.test.': ['10.0.0.9'],
  'www.example.com.': ['192.0.2.1'],
});

const SEARCH = ['shop.svc.test', 'svc.test', 'test'];

function lookup(library: Library, name: string, options = ['ndots:5'], rest: Partial<ResolverClient> = {}) {
  const client = {
    library,
    search: SEARCH,
    options: readOptions(options),
    hosts: new Map(),
    types: ['A', 'AAAA'],
  } as const;
  const { addresses, queries, found } = lookUp(name, { ...client, ...rest }, SERVER);
  return { found, addresses, queries: queries.map((query) => `${query.name} ${query.rcode}`) };
}

describe.each(['glibc', 'musl'] as const)('%s', (library) => {
  test.each([
    ['a short name', 'web', ['web.shop.svc.test. NOERROR'], ['10.0.0.1']],
    [
      'a name of another namespace',
      'web.pay',
      ['web.pay.shop.svc.test. NXDOMAIN', 'web.pay.svc.test. NOERROR'],
      ['10.0.0.2'],
    ],
    [
      'a name outside',
      'www.example.com',
      [
        'www.example.com.shop.svc.test. NXDOMAIN',
        'www.example.com.svc.test. NXDOMAIN',
        'www.example.com.test. NXDOMAIN',
        'www.example.com. NOERROR',
      ],
      ['192.0.2.1'],
    ],
    ['a dot at its end', 'web.shop.svc.test.', ['web.shop.svc.test. NOERROR'], ['10.0.0.1']],
    ['both families are one question', 'dual', ['dual.shop.svc.test. NOERROR'], ['10.0.0.3', 'fd00::3']],
    ['one family is enough', 'six', ['six.shop.svc.test. NOERROR'], ['fd00::6']],
    ['an address', '10.1.2.3', [], ['10.1.2.3']],
  ])('%s', (_, name, queries, addresses) => {
    expect(lookup(library, name)).toEqual({ found: true, addresses, queries });
  });

  test('enough dots: as it is, first', () => {
    expect(lookup(library, 'www.example.com', ['ndots:2']).queries).toEqual(['www.example.com. NOERROR']);
  });

  test('the hosts file comes before any server', () => {
    const hosts = new Map([['web', ['127.0.0.9']]]);
    expect(lookup(library, 'web', [], { hosts })).toEqual({ found: true, addresses: ['127.0.0.9'], queries: [] });
  });

  test('nobody knows it', () => {
    expect(lookup(library, 'none')).toMatchObject({ found: false, addresses: [] });
    expect(lookup(library, 'none').queries.at(-1)).toBe('none. NXDOMAIN');
  });
});

describe('where they differ', () => {
  test('a name without addresses: glibc goes on, musl stops', () => {
    expect(lookup('glibc', 'empty')).toMatchObject({ found: true, addresses: ['10.0.0.9'] });
    expect(lookup('musl', 'empty')).toEqual({ found: false, addresses: [], queries: ['empty.shop.svc.test. NOERROR'] });
  });

  test('a failure: glibc tries the next domain, musl stops', () => {
    expect(lookup('glibc', 'broken').queries).toHaveLength(4);
    expect(lookup('musl', 'broken').queries).toEqual(['broken.shop.svc.test. SERVFAIL']);
  });

  test('enough dots, but nobody: glibc falls back to the search list, musl does not', () => {
    const options = ['ndots:1'];
    expect(lookup('glibc', 'web.pay', options)).toMatchObject({ found: true, addresses: ['10.0.0.2'] });
    expect(lookup('musl', 'web.pay', options)).toEqual({ found: false, addresses: [], queries: ['web.pay. NXDOMAIN'] });
  });

  test('a search line that is too long for musl', () => {
    const search = [...Array.from({ length: 20 }, (_, i) => `a-rather-long-domain-${i}.test`), 'shop.svc.test'];
    expect(lookup('glibc', 'web', [], { search }).found).toBe(true);
    expect(lookup('musl', 'web', [], { search }).queries).toEqual(['web. NXDOMAIN']);
  });

  test('the root on the search list is the name as it is, asked once', () => {
    expect(lookup('glibc', 'none', [], { search: ['.'] }).queries).toEqual(['none. NXDOMAIN']);
  });
});

test.each([
  [[], { ndots: 1, timeoutSeconds: 5, attempts: 2 }],
  [['ndots:2', 'timeout:1', 'attempts:3', 'edns0'], { ndots: 2, timeoutSeconds: 1, attempts: 3 }],
  [['ndots:2', 'ndots:7', 'ndots:x'], { ndots: 1, timeoutSeconds: 5, attempts: 2 }],
  [['ndots:99', 'timeout:99', 'attempts:99'], { ndots: 15, timeoutSeconds: 30, attempts: 5 }],
])('options %j', (options, read) => expect(readOptions(options)).toEqual(read));
