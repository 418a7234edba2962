import { expect, test } from 'vitest';
import { explainLookup } from './explain-lookup.ts';
import { clusterOf, service } from './fixture.ts';
import { lookUp } from './resolver/look-up.ts';
import { readOptions } from './resolver/options.ts';
import { CoreDNS } from './server/core-dns.ts';
import { serverSettings } from './server/settings.ts';

const cluster = clusterOf(
  [
    service('shop/web', '{clusterIP: 10.0.0.1, ports: [{port: 80}]}'),
    service('blog/web', '{clusterIP: 10.0.0.2, ports: [{port: 80}]}'),
    service('blog/feed', '{clusterIP: 10.0.0.3, ports: [{port: 80}]}'),
    service('shop/drained', '{clusterIP: None, ports: [{port: 80}]}'),
  ].join(''),
);

function explain(name: string, ndots = 5): string {
  const external = { 'web.blog': ['192.0.2.1'], 'www.example.com': ['192.0.2.2'] };
  const section = {
    ttl: 5e9,
    pods: 'insecure',
    ignoreEmptyService: false,
    endpointPodNames: false,
    apiSynced: true,
    clusterDomain: 'cluster.local',
    clusterDNS: [],
    external,
  } as const;
  const search = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];
  const options = readOptions([`ndots:${ndots}`]);
  const client = { library: 'glibc', search, options, hosts: new Map([['me', ['10.0.0.9']]]), types: ['A'] } as const;
  const lookup = lookUp(name, client, new CoreDNS(cluster, serverSettings(section)));
  const context = {
    name,
    namespace: 'shop',
    clusterDomain: 'cluster.local',
    external: Object.keys(external),
    objects: cluster,
  };
  return explainLookup(lookup, context).join(' ');
}

test.each([
  ['a short name', 'web', 'This is Service web in the namespace of the client.'],
  [
    '… of which there are two',
    'web',
    'A Service of that name is in blog too: the one of the client’s own namespace wins; web.blog is meant otherwise.',
  ],
  [
    'another namespace',
    'feed.blog',
    'This is Service feed in namespace blog, which the name says. It took 1 question in vain before.',
  ],
  [
    'a name outside that is hidden',
    'web.blog',
    'Outside the cluster there is a name web.blog too: the search list hides it',
  ],
  [
    'a name outside',
    'www.example.com',
    'It took 3 questions in vain before. A dot at its end (www.example.com.) saves them.',
  ],
  ['with a dot at its end', 'www.example.com.', 'www.example.com. was asked for as it is.'],
  ['the hosts file', 'me', 'me is in the hosts file: no server was asked.'],
  ['an address', '10.0.0.1', '10.0.0.1 is an address: no server was asked.'],
  ['in another namespace alone', 'feed', 'Service feed is in blog: write feed.blog.'],
  ['without endpoints', 'drained', 'There is a Service drained in shop; the reason above says why it has no address.'],
  ['nowhere', 'nothing', 'None of the 4 names that were tried is there. No namespace has a Service nothing.'],
  ['nowhere outside', 'a.b.example', 'only those are known that `cluster.dns.external` gives'],
])('%s', (_, name, sentence) => expect(explain(name)).toContain(sentence));
