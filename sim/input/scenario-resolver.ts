import { z } from 'zod';
import type { ResolverPolicy } from './client-policy.ts';
import { knownNames } from './faults.ts';
import { RESOLVER_PRESETS } from './resolver-presets.ts';
import { count, duration, expecting, positiveDuration, refuse, section } from './scenario-fields.ts';

const cache = z.union(
  [
    z.enum(['none', 'ttl', 'forever']),
    section({
      positive: duration().describe('An address is kept so long.'),
      negative: duration().prefault('0s').describe('That a name has none is kept so long.'),
    }),
  ],
  { error: expecting('none, ttl, forever, or {positive: 30s, negative: 10s}') },
);

/** Of a client policy: how it looks names up, where the cluster’s DNS server is simulated. */
export const resolverSection = section({
  preset: z
    .string()
    .meta({ enum: Object.keys(RESOLVER_PRESETS) })
    .transform((name, ctx) => {
      if (Object.hasOwn(RESOLVER_PRESETS, name)) return name;
      return refuse(ctx, `there is no resolver "${name}"`, knownNames(name, Object.keys(RESOLVER_PRESETS), 'one of'));
    })
    .optional()
    .describe('Whose way of asking, and whose cache. Default: that of the client’s preset, mostly glibc.'),
  cache: cache
    .optional()
    .describe('In the program: none, ttl (as long as the answer says), forever (asked once), or two durations.'),
  ndots: count(0).max(15).optional().describe('Default: as the Pod’s resolv.conf says, mostly 5.'),
  search: z.array(z.string()).optional().describe('The search list. Default: that of the Pod’s resolv.conf.'),
  attempts: count(1).max(5).optional().describe('How often a name is asked for. Default: resolv.conf’s, 2.'),
  timeout: positiveDuration().optional().describe('Of one attempt. Default: resolv.conf’s, 5s.'),
  singleRequestReopen: z
    .boolean()
    .default(false)
    .describe('The option `single-request-reopen`: A and AAAA one after the other, each from a socket of its own.'),
});

/** @param fallback what the client's preset says */
export function resolverPolicy(
  given: z.output<typeof resolverSection> | undefined,
  fallback: ResolverPolicy,
): ResolverPolicy {
  if (given === undefined) return fallback;
  const preset = given.preset === undefined ? fallback : RESOLVER_PRESETS[given.preset]!;
  return {
    library: preset.library,
    cache: given.cache === undefined ? preset.cache : lifetimes(given.cache),
    ndots: given.ndots ?? null,
    search: given.search ?? null,
    attempts: given.attempts ?? null,
    timeout: given.timeout ?? null,
    singleRequestReopen: given.singleRequestReopen,
  };
}

function lifetimes(given: z.output<typeof cache>): ResolverPolicy['cache'] {
  if (given === 'none') return { positive: 0, negative: 0 };
  if (given === 'ttl') return { positive: 'ttl', negative: 'ttl' };
  if (given === 'forever') return { positive: Number.POSITIVE_INFINITY, negative: 0 };
  return given;
}
