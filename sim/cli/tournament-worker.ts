import { workerData } from 'node:worker_threads';
import { STRATEGIES } from '../strategies/registry.ts';
import type { StrategyKind } from '../strategies/strategy.ts';
import { Watch } from '../tournament/arena/watch.ts';
import { type CellResult, playCell, type Stopping } from '../tournament/cell.ts';
import { type PickCost, pickCost } from '../tournament/pick-cost.ts';
import type { Workload } from '../tournament/workload/workload.ts';
import { inlineMore } from './compiler.ts';
import { loadStrategy, ModuleFault } from './strategy-module.ts';
import { type ThreadStart, threadHasLoaded } from './thread-pool.ts';

inlineMore();
// Standard output is for the answer alone: what modules print goes to the other.
process.stdout.write = process.stderr.write.bind(process.stderr);

/** A strategy as threads speak of it: functions do not travel. */
export interface StrategyRef {
  /** As it was named. */
  readonly name: string;
  /** Of those built in; of a user's module: what it calls itself. */
  readonly kind: string;
  readonly file: string | null;
  readonly options: Readonly<Record<string, number>>;
}

/** What a thread is asked to do. `watch` is shared: which call of the strategy is under way. */
export type Task =
  | { readonly do: 'describe'; readonly file: string }
  | { readonly do: 'cost'; readonly strategy: StrategyRef; readonly pods: number }
  | {
      readonly do: 'play';
      readonly strategy: StrategyRef;
      readonly workload: Workload;
      readonly seed: number;
      readonly stopping: Stopping;
      readonly watch: Int32Array;
    };

/** A user's strategy without its functions, or what is wrong with the module. */
export type Described =
  | { readonly fault: null; readonly kind: Omit<StrategyKind, 'create'> }
  | { readonly fault: string; readonly kind: null };

export type Answer = Described | CellResult | PickCost | null;

async function kindOf({ kind, file }: StrategyRef): Promise<StrategyKind> {
  return file === null ? STRATEGIES.find(({ name }) => name === kind)! : loadStrategy(file);
}

/** The work of one thread. */
export default async function work(task: Task): Promise<Answer> {
  switch (task.do) {
    case 'describe':
      try {
        const { create: _, name, title, knows, runs, source, options, period } = await loadStrategy(task.file);
        return { fault: null, kind: { name, title, knows, runs, source, options: options ?? {}, period: period ?? 0 } };
      } catch (error) {
        if (error instanceof ModuleFault) return { fault: error.message, kind: null };
        throw error;
      }
    case 'cost':
      try {
        return pickCost(await kindOf(task.strategy), task.strategy.options, task.pods, () => performance.now());
      } catch {
        return null; // what it does wrong is said where it plays
      }
    case 'play': {
      const { strategy, workload, seed, stopping, watch } = task;
      const kind = await kindOf(strategy);
      try {
        const watched = new Watch(strategy.name, workload.name, watch);
        return playCell(workload, kind, strategy.options, seed, stopping, watched);
      } catch (error) {
        if (strategy.file === null) throw error;
        // It wrote where it should not, and something of the arena fell over it.
        return {
          cell: null,
          fault: `${strategy.name}: it broke workload ${workload.name}: ${(error as Error).message}`,
        };
      }
    }
  }
}

threadHasLoaded(workerData as ThreadStart);
