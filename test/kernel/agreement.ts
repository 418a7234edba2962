import type { Decision } from '../../sim/dataplane/rules/packet.ts';
import { chiSquareTail } from './chi-square.ts';
import { MASQUERADED, NODE_IPS, type ProbeResult } from './lab.ts';
import type { Pair } from './targets.ts';

/** A false alarm over thousands of pairs should take years. */
const SIGNIFICANCE = 1e-6;

/** What the prediction and the kernel disagree about, in words. Empty: nothing. */
export function disagreements(
  { packet, affinity }: Pair,
  decision: Decision,
  results: readonly ProbeResult[],
): string[] {
  const found: string[] = [];
  const outcomes = [...new Set(results.map(({ outcome }) => outcome))];
  const expected = expectedOutcome(packet.to, decision);
  if (outcomes.some((outcome) => outcome !== expected)) {
    const counts = outcomes.map((outcome) => `${results.filter((each) => each.outcome === outcome).length} ${outcome}`);
    return [`${expected} was predicted (${decision.verdict}: ${decision.because}), and came ${counts.join(', ')}`];
  }
  if (decision.verdict !== 'dnat') return [];
  const candidates = new Map(decision.candidates.map((candidate) => [candidate.address, candidate]));
  const counts = new Map<string, number>();
  for (const { server, seen } of results) {
    const candidate = candidates.get(server!);
    if (candidate === undefined) {
      found.push(`${server} is no candidate`);
      continue;
    }
    counts.set(server!, (counts.get(server!) ?? 0) + 1);
    const isRight = candidate.masquerade ? MASQUERADED.has(seen!) : seen === packet.from;
    if (!isRight)
      found.push(`${server} saw ${seen}, ${candidate.masquerade ? 'masquerading' : packet.from} was predicted`);
  }
  if (affinity !== null) {
    if (counts.size > 1) found.push(`affinity, but ${counts.size} backends answered`);
  } else {
    const missing = [...candidates.keys()].filter((address) => !counts.has(address));
    if (missing.length > 0) found.push(`nobody came to ${missing.join(', ')} in ${results.length} connections`);
    let statistic = 0;
    for (const [address, { probability }] of candidates) {
      const share = probability * results.length;
      statistic += ((counts.get(address) ?? 0) - share) ** 2 / share;
    }
    const p = chiSquareTail(statistic, candidates.size - 1);
    if (p < SIGNIFICANCE) found.push(`frequencies have a chance of ${p}: ${JSON.stringify([...counts])}`);
  }
  return [...new Set(found)];
}

/** A packet that no rule takes: the node's own kernel refuses it, or it leaves and nobody answers. */
export function expectedOutcome(to: string, { verdict }: Decision): string {
  if (verdict === 'dnat') return 'ok';
  if (verdict === 'reject') return 'ECONNREFUSED';
  if (verdict === 'drop') return 'timeout';
  return NODE_IPS.includes(to) || to.startsWith('127.') ? 'ECONNREFUSED' : 'timeout';
}
