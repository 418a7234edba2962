import type { PacketWalk, Stage } from './packet-walk.ts';

/** The way of a packet as a tree: a branch for each place, the verdict last. */
export function printWalk({ from, to, protocol, mode, groups, sentence }: PacketWalk): string {
  const lines = [`${from} → ${to}, ${protocol}, ${mode} mode`];
  for (const { place, stages } of groups) {
    lines.push(`├─ ${place}`, ...branches(stages).map((line) => `│  ${line}`));
  }
  lines.push(`└─ ${sentence}`);
  return `${lines.join('\n')}\n`;
}

function branches(stages: readonly Stage[]): string[] {
  return stages.flatMap(({ text, details, ok }, i) => {
    const isLast = i === stages.length - 1;
    const stem = isLast ? '   ' : '│  ';
    const own = details.map((detail, j) => `${stem}${j === details.length - 1 ? '└─' : '├─'} ${detail}`);
    return [`${isLast ? '└─' : '├─'} ${ok ? '' : '✗ '}${text}`, ...own];
  });
}
