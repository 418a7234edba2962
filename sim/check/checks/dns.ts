import { z } from 'zod';
import { RECORD_TYPES } from '../../discovery/message.ts';
import { type Lookup, lookUp, type ResolverClient } from '../../discovery/resolver/look-up.ts';
import { readOptions } from '../../discovery/resolver/options.ts';
import { podClient } from '../../discovery/resolver/pod-client.ts';
import { CoreDNS } from '../../discovery/server/core-dns.ts';
import { serverSettings } from '../../discovery/server/settings.ts';
import { complain, count, section } from '../../input/scenario-fields.ts';
import { defineCheck, judge } from '../check.ts';
import { address, completeSet, integer, item, plainSet, sequence, text, truth } from '../match/pattern.ts';
import type { TestWorld } from '../world.ts';
import { namespacedName, objectOf } from './object-of.ts';

const records = completeSet(item({ name: text, type: text, ttl: integer, data: address }));

const expectation = item({
  rcode: text,
  answers: records,
  additionals: records,
  authoritySOA: item({ zone: text, ttl: integer, minimum: integer }),
  queries: sequence(item({ name: text, rcode: text })),
  addresses: plainSet(address),
  found: truth,
});

const fields = section({
  name: z.string().min(1, 'must not be empty'),
  type: z.enum(RECORD_TYPES).optional(),
  server: z.boolean().optional(),
  from: namespacedName.optional(),
  resolvConf: section({ search: z.array(z.string()).default([]), ndots: count(0).default(1) }).optional(),
  resolver: z.enum(['glibc', 'musl']).optional(),
}).superRefine(({ server, from, resolvConf, resolver, type }, ctx) => {
  const askers = [server === true, from !== undefined, resolvConf !== undefined].filter((given) => given).length;
  const expected = 'server: true, from: NAMESPACE/POD or resolvConf: {search, ndots}';
  if (askers !== 1) complain(ctx, askers === 0 ? 'this says not who asks' : 'these are two who ask', { expected });
  if (server === true && resolver !== undefined) {
    complain(ctx, 'a question to the server needs no resolver', { fix: 'leave it out' }, ['resolver']);
  }
  if (server !== true && type !== undefined && type !== 'A' && type !== 'AAAA') {
    complain(ctx, `a resolver asks for addresses, not for ${type}`, { expected: 'A or AAAA, or server: true' }, [
      'type',
    ]);
  }
});

/** A question to the cluster's DNS server, or a lookup by a client. */
export const dnsCheck = defineCheck({
  name: 'dns',
  fields,
  expect: expectation.schema,
  title: ({ name, type, server, from, resolver }) =>
    ['dns', name, type, from !== undefined ? `from ${from}` : '', server === true ? '' : (resolver ?? 'glibc')]
      .filter((word) => word !== undefined && word !== '')
      .join(' '),
  run: (world, question, expect) => {
    if (question.server !== true) {
      const { lookup, why } = lookedUp(world, question);
      const { found, addresses, queries, local } = lookup;
      const reasons = local === null ? queries.map((query) => `${query.name} ${query.rcode}: ${query.why}`) : [local];
      const asked = queries.map(({ name, rcode }) => ({ name, rcode }));
      return judge(expectation, expect, { found, addresses, queries: asked }, [...why, ...reasons]);
    }
    const server = new CoreDNS(world.store, serverSettings(world.settings.dns));
    const { why, ...answer } = server.answer(question.name, question.type ?? 'A');
    return judge(expectation, expect, answer, [why]);
  },
});

function lookedUp(
  world: TestWorld,
  { name, type, from, resolvConf, resolver }: z.output<typeof fields>,
): { lookup: Lookup; why: string[] } {
  const { store, settings } = world;
  const library = resolver ?? 'glibc';
  const types: ResolverClient['types'] = type === 'A' || type === 'AAAA' ? [type] : ['A', 'AAAA'];
  if (from !== undefined) {
    const { client, server, why } = podClient(objectOf(world, 'Pod', from), store, settings.dns, library, types);
    return { lookup: lookUp(name, client, server), why: [why] };
  }
  const { search, ndots } = resolvConf!;
  const options = readOptions([`ndots:${ndots}`]);
  const client = { library, search, options, hosts: new Map(), types } satisfies ResolverClient;
  return { lookup: lookUp(name, client, new CoreDNS(store, serverSettings(settings.dns))), why: [] };
}
