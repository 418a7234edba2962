import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { Conductor } from '../study/conductor.ts';
import { InlineExecutor } from '../study/executor.ts';
import { studyPage } from '../study/page.ts';
import { csvOf, jsonOf, type StudyReport } from '../study/report.ts';
import { EXIT } from './exit.ts';
import { makeFolder, VERSION } from './files.ts';
import { UsageError } from './messages.ts';
import { wholeNumber } from './options.ts';
import { ProgressLine } from './progress.ts';
import { FileJournal } from './study-journal.ts';
import { ThreadExecutor } from './study-threads.ts';
import { paint, table, wrap } from './text.ts';

/** What every command has that runs a study. */
export interface SessionFlags {
  out?: string;
  threads: number;
  resume?: boolean;
  fresh?: boolean;
  json?: boolean;
  fail: boolean;
}

export function sessionOptions(command: Command): Command {
  return command
    .option('--out <folder>', 'where finished runs, tables and the report go (default: out/<name>)')
    .option('--threads <n>', 'runs at once', wholeNumber, availableParallelism())
    .option('--resume', 'go on where an interrupted study of this folder stopped')
    .option('--fresh', 'forget the runs that the folder has; by default those that fit are used')
    .option('--json', 'one JSON document on standard output, nothing else there');
}

export function noFailOption(command: Command): Command {
  return command.option('--no-fail', 'exit 0 even when the answer is no');
}

/** The runs that a study has on disk, and who does the others; ends in files and an exit code. */
export class Session {
  readonly conductor: Conductor;
  readonly folder: string;
  readonly #flags: SessionFlags;
  readonly #journal: FileJournal;
  readonly #threads: ThreadExecutor | null;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #progress = new ProgressLine();
  readonly #interrupt = () => {
    Atomics.store(this.#stop, 0, 1);
  };

  /** @param idle nothing is run: only what the folder has counts */
  constructor(name: string, flags: SessionFlags, idle = false) {
    if (flags.threads < 1) throw new UsageError('--threads takes at least 1');
    if (flags.resume && flags.fresh)
      throw new UsageError('--resume keeps the runs that are there, --fresh forgets them');
    this.folder = flags.out ?? join('out', name);
    const path = join(this.folder, 'runs.jsonl');
    if (flags.resume && !existsSync(path)) {
      throw new UsageError(
        `there is nothing to resume: ${path} is not there\n  fix       leave --resume out, or name the folder with --out`,
      );
    }
    makeFolder(this.folder);
    this.#flags = flags;
    this.#journal = new FileJournal(path, flags.fresh ?? false);
    if (this.#journal.damaged > 0) {
      process.stderr.write(
        `warning: ${path}: ${this.#journal.damaged} damaged lines are ignored, and their runs done again\n`,
      );
    }
    if (idle) this.#interrupt();
    const stopped = () => Atomics.load(this.#stop, 0) !== 0;
    // One thread too is a thread of its own, so that this one hears of a Ctrl-C.
    this.#threads = idle ? null : new ThreadExecutor(flags.threads, this.#stop);
    this.conductor = new Conductor({
      executor: this.#threads ?? new InlineExecutor(stopped),
      journal: this.#journal,
      version: VERSION,
      hash: (text) => createHash('sha256').update(text).digest('hex').slice(0, 24),
      now: () => performance.now(),
      stopped,
    });
    if (!idle) {
      process.on('SIGINT', this.#interrupt);
      process.on('SIGTERM', this.#interrupt);
    }
  }

  /** Runs it under the progress line. @returns what it gives, and whether it was interrupted */
  async run<T>(work: () => Promise<T>): Promise<{ result: T; interrupted: boolean }> {
    this.#progress.start('studying', () => {
      const { asked, computed, found } = this.conductor;
      return (computed + found) / Math.max(1, asked);
    });
    try {
      const result = await work();
      return { result, interrupted: Atomics.load(this.#stop, 0) !== 0 };
    } finally {
      this.#progress.stop();
      process.off('SIGINT', this.#interrupt);
      process.off('SIGTERM', this.#interrupt);
      this.#interrupt();
      await this.#threads?.close(); // who has a run ready yet hands it in
      this.#journal.close();
    }
  }

  /** Writes the report in every form and prints it. @returns the exit code */
  finish(report: StudyReport, interrupted: boolean): number {
    const { computed, found } = this.conductor;
    writeFileSync(join(this.folder, 'study.csv'), csvOf(report));
    writeFileSync(join(this.folder, 'study-result.json'), jsonOf(report));
    writeFileSync(join(this.folder, 'report.html'), studyPage(report));
    if (this.#flags.json) process.stdout.write(jsonOf(report));
    else process.stdout.write(terminalText(report));
    process.stderr.write(
      `${computed} runs done, ${found} taken from ${relative('.', this.folder)}/runs.jsonl\nreport  ${relative('.', this.folder)}/report.html  (and study.csv, study-result.json)\n`,
    );
    if (interrupted) {
      process.stderr.write('interrupted: what there was is written; the same command with --resume goes on\n');
      return EXIT.interrupted;
    }
    return report.held === false && this.#flags.fail ? EXIT.no : EXIT.done;
  }
}

/** Longer ones are cut: they are in the files. */
const MOST_ROWS = 60;

function terminalText({ answer, tables, notes, warnings, seed, reproduce }: StudyReport): string {
  const lines = [paint('bold', answer), ''];
  for (const { title, headings, rows, textColumns } of tables) {
    const right = headings.flatMap((_, i) => (i < textColumns ? [] : [i]));
    lines.push(paint('cyan', title), table([[...headings], ...rows.slice(0, MOST_ROWS).map((row) => [...row])], right));
    if (rows.length > MOST_ROWS) lines.push(`… ${rows.length - MOST_ROWS} more rows in study.csv`);
    lines.push('');
  }
  for (const warning of warnings) lines.push(wrap(`${paint('yellow', 'warning:')} ${warning}`));
  if (warnings.length > 0) lines.push('');
  lines.push(...notes.map((note) => wrap(note)), '', `Seed ${seed}. Again:  ${reproduce}`, '');
  return lines.join('\n');
}
