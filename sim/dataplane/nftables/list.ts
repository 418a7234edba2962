import { ruleText, statementText } from './rule-text.ts';
import type { AddressSet, Chain, Hook, NftTable, VerdictMap } from './table.ts';

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
  if (timeoutSeconds !== undefined)
    lines.push(`size ${DYNAMIC_SET_SIZE}`, 'flags dynamic,timeout', `timeout ${durationText(timeoutSeconds)}`);
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
    lines.push(
      `type ${base.type} hook ${base.hook} priority ${priorityText(base.hook, base.priority)}; policy accept;`,
    );
  }
  return [...lines, ...rules.map((rule) => ruleText(rule, family))];
}

/** What nft gives a dynamic set that says nothing. */
const DYNAMIC_SET_SIZE = 65_535;

/** `3h`, `1h30m`, `1d`. */
function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('');
}

/** nft knows names of priorities, but `dstnat` only where destinations are usually translated. */
function priorityText(hook: Hook, priority: number): string {
  if (priority === 0) return 'filter';
  if (hook === 'postrouting' && priority === 100) return 'srcnat';
  if (hook === 'prerouting' && priority === -100) return 'dstnat';
  if (hook === 'prerouting' && priority === -110) return 'dstnat - 10';
  return `${priority}`;
}
