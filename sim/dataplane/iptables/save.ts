import { BUILT_IN, type RuleSet, type Table } from './rule.ts';
import { ruleText } from './rule-text.ts';

/**
 * The rule set as `iptables-save` prints it; `iptables-restore` (for IPv6 `ip6tables-restore`) loads it.
 * @param header a comment on the first line
 */
export function saveIptables(rules: RuleSet, header: string): string {
  const isIPv6 = rules.family === 'IPv6';
  const tables = [rules.mangle, rules.filter, rules.nat].map((table) => saveTable(table, isIPv6));
  return `# ${header}\n${tables.join('')}`;
}

function saveTable({ name, chains }: Table, isIPv6: boolean): string {
  const builtIn = BUILT_IN[name];
  const lines = [`*${name}`];
  for (const chain of chains.keys()) lines.push(`:${chain} ${builtIn.includes(chain) ? 'ACCEPT' : '-'} [0:0]`);
  for (const [chain, rules] of chains) {
    for (const rule of rules) {
      const text = ruleText(rule);
      lines.push(`-A ${chain} ${isIPv6 ? inIPv6(text) : text}`);
    }
  }
  lines.push('COMMIT', '');
  return lines.join('\n');
}

/** The spellings that differ in `ip6tables`. */
function inIPv6(text: string): string {
  return text
    .replace('icmp-port-unreachable', 'icmp6-port-unreachable')
    .replace('--mask 255.255.255.255', '--mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff');
}
