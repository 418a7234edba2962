import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Study } from '../study/study.ts';
import { makeFolder } from './files.ts';
import { UsageError } from './messages.ts';
import { FileJournal } from './study-journal.ts';
import { studyIn } from './sweep.ts';

interface MergeFlags {
  out: string;
  json?: boolean;
  fail: boolean;
}

/** `svclab merge FOLDER… --out FOLDER`: the parts of a study that `svclab sweep --shard` made, as one. */
export function mergeCommand(program: Command): void {
  program
    .command('merge')
    .description('put the parts of a study together that `sweep --shard` made, and report on the whole')
    .argument('<folder...>', 'what the parts were written to (--out)')
    .requiredOption('--out <folder>', 'where the whole goes')
    .option('--json', 'one JSON document on standard output, nothing else there')
    .option('--no-fail', 'exit 0 even when the answer is no')
    .addHelpText('after', '\nExample:\n  $ svclab merge part-1 part-2 part-3 --out whole')
    .action(async (folders: string[], flags: MergeFlags) => {
      process.exitCode = await merge(folders, flags);
    });
}

async function merge(folders: readonly string[], flags: MergeFlags): Promise<number> {
  const parts = folders.map((folder) => {
    const path = join(folder, 'study.json');
    if (!existsSync(path)) {
      throw new UsageError(
        `${folder} is no part of a study: there is no ${path}\n  fix       name folders that svclab sweep --shard i/n --out FOLDER wrote`,
      );
    }
    const { study, reproduce } = JSON.parse(readFileSync(path, 'utf8')) as { study: Study; reproduce: string };
    return { folder, study, reproduce };
  });
  const [first] = parts;
  const stranger = parts.find(({ study }) => JSON.stringify(study) !== JSON.stringify(first!.study));
  if (stranger !== undefined) {
    throw new UsageError(
      `${stranger.folder} and ${first!.folder} are parts of different studies\n  expected  the same file and flags, but for --shard`,
    );
  }
  makeFolder(flags.out);
  const whole = new FileJournal(join(flags.out, 'runs.jsonl'));
  for (const { folder } of parts) {
    const part = new FileJournal(join(folder, 'runs.jsonl'));
    for (const record of part.records()) whole.append([record]);
    part.close();
  }
  whole.close();
  return studyIn(first!.study, { ...flags, threads: 1 }, null, first!.reproduce, true);
}
