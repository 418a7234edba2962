import type { Trace } from '../trace/trace.ts';
import { type Buckets, quantileWithin, totalsBy } from './buckets.ts';
import type { EdgeEvidence } from './evidence.ts';
import { count, latency, percent } from './figures.ts';

/** What looking names up cost within a span, where the DNS server is simulated. */
export interface NamesEvidence {
  readonly lookups: number;
  /** Lookups that ended without an address, and without any answer. */
  readonly notFound: number;
  readonly noAnswer: number;
  /** Queries that were never answered, by reason: the connection-tracking race, a full socket, nobody there. */
  readonly raced: number;
  readonly dropped: number;
  readonly nobody: number;
  readonly down: number;
  /** Of a lookup, ns. */
  readonly p99: number;
}

/** @returns undefined where no name was looked up */
export function namesOf(trace: Trace, within: Buckets): NamesEvidence | undefined {
  const ends = totalsBy<string>(trace, 'dns.lookups', {}, 'outcome', within);
  const lookups = [...ends.values()].reduce((sum, n) => sum + n, 0);
  if (lookups === 0) return undefined;
  const lost = totalsBy<string>(trace, 'dns.lost', {}, 'reason', within);
  return {
    lookups,
    notFound: ends.get('notFound') ?? 0,
    noAnswer: ends.get('noAnswer') ?? 0,
    raced: lost.get('race') ?? 0,
    dropped: lost.get('dropped') ?? 0,
    nobody: lost.get('nobody') ?? 0,
    down: lost.get('down') ?? 0,
    p99: quantileWithin(trace, 'dns.latency', {}, 0.99, within),
  };
}

/** Why a client could not find its Service: the end of a sentence. */
export function whyNotFound(names: NamesEvidence | undefined, { discovery }: EdgeEvidence): string {
  if (names === undefined || names.notFound + names.noAnswer === 0) {
    return discovery === 'env'
      ? 'its variable was empty, since the Service came after the containers had started'
      : 'there was no Service of that name';
  }
  if (names.notFound > names.noAnswer) return 'the DNS server knew no such name';
  const worst = Math.max(names.raced, names.dropped, names.nobody, names.down);
  if (worst === 0) return 'the DNS server answered with failures';
  if (worst === names.down) return 'the DNS server did not answer';
  if (worst === names.nobody) return 'nobody answered for the cluster’s DNS server';
  if (worst === names.dropped) return 'the DNS server had more queries than it could take, and dropped the rest';
  return 'queries were lost in connection tracking';
}

/** What it cost, and what would spare it, in sentences; undefined: nothing was lost. */
export function whatNamesCost(names: NamesEvidence | undefined): string | undefined {
  if (names === undefined) return undefined;
  const { lookups, raced, dropped, nobody, down, noAnswer, p99 } = names;
  const lost = raced + dropped + nobody + down;
  if (lost === 0) return undefined;
  const reasons = [
    raced > 0 ? `${count(raced)} in connection tracking, where A and AAAA from one socket met` : '',
    dropped > 0 ? `${count(dropped)} at a DNS server whose socket was full` : '',
    down > 0 ? `${count(down)} at a DNS server that did not answer` : '',
    nobody > 0 ? `${count(nobody)} where nobody was there to answer` : '',
  ].filter(Boolean);
  const cure =
    raced >= Math.max(dropped, nobody, down)
      ? ' NodeLocal DNSCache, or single-request-reopen, takes the race away; a dot at the name’s end, or a lower ndots, asks less.'
      : '';
  return `${count(lookups)} lookups lost ${count(lost)} queries (${reasons.join('; ')}), and each waited for a timeout: p99 of a lookup ${latency(p99)}; ${percent(noAnswer / lookups)} got no answer at all.${cure}`;
}
