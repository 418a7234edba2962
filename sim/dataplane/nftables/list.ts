import { ruleText, statementText } from './rule-text.ts';
import type { AddressSet, Chain, NftTable, VerdictMap } from './table.ts';

/**
 * The table as `nft list ruleset` prints it; `nft -f` loads it.
 * @param header a comment on the first line
 */
export function listNftables(table: NftTable, header: string): string {
  const ip = table.family === 'IPv4' ? 'ip' : 'ip6';
  const type = table.family === 'IPv4' ? 'ipv4_addr' : 'ipv6_addr';
  const blocks = [
    ...[...table.sets].map(([name, set]) => block(`set ${name}`, setLines(set, type))),
    ...[...table.maps].map(([name, map]) => block(`map ${name}`, mapLines(map, type, ip))),
    ...[...table.chains].map(([name, chain]) => block(`chain ${name}`, chainLines(chain, table))),
  ];
  return `# ${header}\ntable ${ip} kube-proxy {\n\tcomment "rules for kube-proxy"\n\n${blocks.join('\n')}}\n`;
}

function block(head: string, lines: readonly string[]): string {
  return [`\t${head} {`, ...lines.map((line) => `\t\t${line}`), '\t}', ''].join('\n');
}

function setLines({ comment, timeoutSeconds, elements }: AddressSet, type: string): string[] {
  const lines = [`type ${type}`];
  if (timeoutSeconds !== undefined) lines.push('flags dynamic,timeout', `timeout ${timeoutSeconds}s`);
  if (comment !== undefined) lines.push(`comment "${comment}"`);
  return [...lines, ...elementLines([...elements])];
}

function mapLines({ key, comment, elements }: VerdictMap, type: string, ip: 'ip' | 'ip6'): string[] {
  const address = key === 'address' ? `${type} . ` : '';
  const texts = [...elements].map(([at, { verdict, comment: note }]) => {
    const said = note === undefined ? '' : ` comment "${note}"`;
    return `${at}${said} : ${statementText(verdict, ip)}`;
  });
  return [`type ${address}inet_proto . inet_service : verdict`, `comment "${comment}"`, ...elementLines(texts)];
}

function elementLines(elements: readonly string[]): string[] {
  return elements.length === 0 ? [] : [`elements = { ${elements.join(',\n\t\t\t     ')} }`];
}

function chainLines({ base, comment, rules }: Chain, { family }: NftTable): string[] {
  const lines: string[] = [];
  if (comment !== undefined) lines.push(`comment "${comment}"`);
  if (base !== undefined) {
    lines.push(`type ${base.type} hook ${base.hook} priority ${priorityText(base.priority)}; policy accept;`);
  }
  return [...lines, ...rules.map((rule) => ruleText(rule, family))];
}

const PRIORITIES: Readonly<Record<number, string>> = {
  [-110]: 'dstnat - 10',
  [-100]: 'dstnat',
  0: 'filter',
  100: 'srcnat',
};

function priorityText(priority: number): string {
  return PRIORITIES[priority] ?? `${priority}`;
}
