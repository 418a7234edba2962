import type { PacketWalk, Stage } from './packet-walk.ts';

/** The way of a packet as a tree: a branch for each place, the verdict last. */
export function printWalk(walk: PacketWalk): string {
  const { from, to, protocol, mode, sentence } = walk;
  const lines = [`${from} → ${to}, ${protocol}, ${mode} mode`, ...branchesOf(walk), `└─ ${sentence}`];
  return `${lines.join('\n')}\n`;
}

/** A branch for each place, without a verdict. */
export function branchesOf({ groups }: PacketWalk): string[] {
  return groups.flatMap(({ place, stages }) => [`├─ ${place}`, ...branches(stages).map((line) => `│  ${line}`)]);
}

function branches(stages: readonly Stage[]): string[] {
  return stages.flatMap(({ text, details, ok }, i) => {
    const isLast = i === stages.length - 1;
    const stem = isLast ? '   ' : '│  ';
    const own = details.map((detail, j) => `${stem}${j === details.length - 1 ? '└─' : '├─'} ${detail}`);
    return [`${isLast ? '└─' : '├─'} ${ok ? '' : '✗ '}${text}`, ...own];
  });
}
