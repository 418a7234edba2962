import { existsSync, readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { type Look, lookAtFiles } from '../check/look.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import { formatDuration, parseDuration } from '../cluster/duration.ts';
import { ObjectStore } from '../cluster/store.ts';
import type { LiveState } from '../dataplane/walk/network.ts';
import { loadScenario } from '../input/load.ts';
import { holdsScenario } from '../input/scenario-file.ts';
import type { Snapshot } from '../kubectl/snapshot.ts';
import { objectsOfTrace, snapshotOfCluster, snapshotOfTrace } from '../kubectl/sources.ts';
import { runScenario } from '../run/run.ts';
import { hasObjectHistory } from '../trace/object-history.ts';
import { readTrace } from '../trace/reader.ts';
import type { Trace } from '../trace/trace.ts';
import { TraceError } from '../trace/trace-error.ts';
import { nodeFiles, scenarioPath, VERSION } from './files.ts';
import { printWarnings, UsageError } from './messages.ts';
import { ProgressLine } from './progress.ts';

/** For the help of the commands that look at a cluster. */
export const FILE_HELP = `
FILE is a trace (.svt), read at --at or at its end; a Scenario, which runs with its traffic up to --at; or manifests,
whose cluster has settled and is left alone for as long as --at. Without --at it is time 0. More files of manifests may
stand before it; - is standard input.
`;

/** A commander parser for a time of the run. */
export function timeOption(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/**
 * The words of a command, and behind them the files.
 * @throws UsageError where the last word is no file
 */
export function splitFiles(words: readonly string[]): { words: string[]; files: string[] } {
  const files = [scenarioPath(words.at(-1) ?? '')];
  let end = words.length - 1;
  while (end > 0 && /\.(ya?ml|json)$/.test(words[end - 1]!) && existsSync(words[end - 1]!))
    files.unshift(words[--end]!);
  return { words: words.slice(0, end), files };
}

/**
 * The cluster that files hold, at an instant.
 * @param at ns; absent: a trace's end, else time 0
 * @throws InputError, UsageError
 */
export function snapshotOfFiles(files: readonly string[], at: number | undefined): Snapshot {
  const [first = '', ...more] = files;
  if (more.length === 0 && isTrace(first)) return snapshotOfTraceFile(first, at);
  if (at !== undefined && at > 0 && files.some((file) => holdsScenario(file, nodeFiles))) {
    return snapshotOfTrace(traceUntil(first, at).trace, at);
  }
  const { live, warnings } = lookAtFiles(files, nodeFiles);
  printWarnings(warnings);
  if (at !== undefined) live.wait(at);
  return snapshotOfCluster(live);
}

/** A cluster at an instant, and where a run has come to it, what no object tells. */
export type LookAtInstant = Omit<Look, 'live'> & { live: LiveState | null };

/**
 * The cluster of manifests or of a Scenario at an instant, with its settings: for who follows packets and names through it.
 * @param at ns; absent: time 0 @throws InputError, UsageError
 */
export function lookAtInstant(files: readonly string[], at: number | undefined): LookAtInstant {
  const trace = files.find(isTrace);
  if (trace !== undefined) {
    throw new UsageError(`${trace} does not hold the settings of its cluster\n  fix       give the Scenario, and --at`);
  }
  const { live: cluster, store, ...settings } = lookAtFiles(files, nodeFiles);
  const rest = { ...settings, live: null };
  printWarnings(rest.warnings);
  if (at === undefined || at === 0) return { ...rest, store };
  if (files.some((file) => holdsScenario(file, nodeFiles))) {
    const { trace, live } = traceUntil(files[0]!, at);
    return { ...rest, store: storeOf(objectsOfTrace(trace, at), at), live };
  }
  cluster.wait(at);
  return { ...rest, store };
}

/** A store that holds these objects, and in which nothing happens. */
function storeOf(objects: readonly KubernetesObject[], now: number): ObjectStore {
  const store = new ObjectStore(new Float64Array([now]));
  for (const object of objects) store.add(object as never);
  return store;
}

function isTrace(path: string): boolean {
  return path.endsWith('.svt');
}

function snapshotOfTraceFile(path: string, at: number | undefined): Snapshot {
  try {
    const trace = readTrace(readFileSync(path));
    const { problem, endedAt } = trace.tables;
    if (problem !== '') process.stderr.write(`warning: ${path}: ${problem}; what is whole is read\n`);
    if (!hasObjectHistory(trace)) {
      throw new UsageError(
        `${path} has no history of objects\n  fix       run the scenario with this version of svclab`,
      );
    }
    if (at !== undefined && at > endedAt) {
      throw new UsageError(`--at ${formatDuration(at)} is behind the end of the trace, ${formatDuration(endedAt)}`);
    }
    return snapshotOfTrace(trace, at ?? endedAt);
  } catch (error) {
    if (error instanceof TraceError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

/** Runs a scenario with its traffic, in memory, to `at`. */
function traceUntil(path: string, at: number): { trace: Trace; live: LiveState } {
  const { base, warnings } = loadScenario(path, nodeFiles);
  printWarnings(warnings);
  if (at > base.duration) {
    throw new UsageError(
      `--at ${formatDuration(at)} is behind the end of the scenario, ${formatDuration(base.duration)}`,
    );
  }
  const chunks: Uint8Array[] = [];
  let live: LiveState | undefined;
  const progress = new ProgressLine();
  // No sampled requests: only the cluster is looked at.
  const scenario = { ...base, trace: { ...base.trace, requests: 0 } };
  runScenario(scenario, {
    version: VERSION,
    until: at,
    atEnd: (state) => (live = state),
    sink: (chunk) => chunks.push(chunk),
    progress: (now) => {
      progress.draw(`running ${base.name} to ${formatDuration(at)}`, Math.min(1, now / at));
      return true;
    },
    summarise: () => ({}),
  });
  progress.stop();
  return { trace: readTrace(Buffer.concat(chunks)), live: live! };
}
