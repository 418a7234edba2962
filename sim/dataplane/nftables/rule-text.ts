import type { IPFamily } from '../../cluster/api/service.ts';
import { bytesOfIP } from '../../cluster/ip.ts';
import type { Rule, Statement } from './table.ts';

/** A rule as `nft list ruleset` prints it, without its chain. */
export function ruleText(rule: Rule, family: IPFamily): string {
  const ip = family === 'IPv4' ? 'ip' : 'ip6';
  const words: string[] = [];
  if (rule.isNew === true) words.push('ct state new');
  if (rule.destinationIsLocal === true) words.push('fib daddr type local');
  if (rule.destination !== undefined) words.push(`${ip} daddr`, ...addresses(rule.destination));
  if (rule.destinationInSet !== undefined) words.push(`${ip} daddr @${rule.destinationInSet}`);
  if (rule.source !== undefined) words.push(`${ip} saddr`, ...addresses(rule.source));
  if (rule.sourceInSet !== undefined) words.push(`${ip} saddr @${rule.sourceInSet}`);
  if (rule.sourceIsLocal === true) words.push('fib saddr type local');
  if (rule.withoutMark !== undefined) words.push(`meta mark & ${mark(rule.withoutMark)} == 0x00000000`);
  if (rule.protocol !== undefined) words.push(`meta l4proto ${rule.protocol}`);
  if (rule.remember !== undefined) words.push(`update @${rule.remember} { ${ip} saddr }`);
  if (rule.does !== undefined) words.push(statementText(rule.does, ip));
  if (rule.comment !== undefined) words.push(`comment "${rule.comment}"`);
  return words.join(' ');
}

export function statementText(statement: Statement, ip: 'ip' | 'ip6'): string {
  if (statement === 'masquerade') return 'masquerade fully-random';
  if (typeof statement === 'string') return statement;
  if ('jump' in statement) return `jump ${statement.jump}`;
  if ('goto' in statement) return `goto ${statement.goto}`;
  if ('dnat' in statement) return `dnat to ${statement.dnat}`;
  if ('orMark' in statement) return `meta mark set meta mark | ${mark(statement.orMark)}`;
  if ('xorMark' in statement) return `meta mark set meta mark ^ ${mark(statement.xorMark)}`;
  if ('random' in statement) {
    const choices = statement.random.map((chain, i) => `${i} : goto ${chain}`);
    return `numgen random mod ${choices.length} vmap { ${choices.join(', ')} }`;
  }
  const key = statement.key === 'address' ? `${ip} daddr . meta l4proto . th dport` : 'meta l4proto . th dport';
  return `${key} vmap @${statement.vmap}`;
}

const mark = (bits: number) => `0x${bits.toString(16).padStart(8, '0')}`;

function addresses({ value, not }: { value: readonly string[]; not?: boolean }): string[] {
  const [only, second] = value;
  const listed = second === undefined ? only! : `{ ${value.toSorted(byAddress).join(', ')} }`;
  return [...(not === true ? ['!='] : []), listed];
}

function byAddress(a: string, b: string): number {
  const [x, y] = [bytesOfIP(a.split('/')[0]!), bytesOfIP(b.split('/')[0]!)];
  const i = x.findIndex((byte, at) => byte !== y[at]);
  return i < 0 ? 0 : x[i]! - y[i]!;
}
