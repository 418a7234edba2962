import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { type Story, tellStory } from '../explain/story.ts';
import { type Summary, summarise } from '../explain/summary.ts';
import { loadScenario } from '../input/load.ts';
import { scaleScenario } from '../input/scale.ts';
import type { Scenario } from '../input/scenario.ts';
import { runScenario } from '../run/run.ts';
import { readTrace } from '../trace/reader.ts';
import { inlineMore } from './compiler.ts';
import { nodeFiles, setStandardInput, VERSION } from './files.ts';

inlineMore();

/** One run of a scenario or of one of its variants, as it is sent to a worker thread. */
export interface SimulationTask {
  scenario: string;
  /** What standard input held, if the scenario came from there. */
  standardInput: string | null;
  /** '' for the scenario as it stands. */
  variant: string;
  seed: number | null;
  /** Load and capacity times this. */
  scale: number;
  /** Where the trace goes; its folder is there. */
  tracePath: string;
  /** This run's place in `board`. */
  place: number;
  /** Shared: [0] not 0: stop; [1 + place]: thousandths of the run that are done. */
  board: Int32Array;
}

/** Of the machine, not of the model: the only part of a result that may differ between two runs. */
export interface EngineFigures {
  events: number;
  wallSeconds: number;
  requestsPerSecond: number;
  attemptsPerSecond: number;
  peakMemoryBytes: number;
}

export interface SimulationResult {
  summary: Summary;
  story: Story;
  engine: EngineFigures;
  tracePath: string;
}

/** Runs a scenario into a trace file and explains it from there. */
export default function simulate(task: SimulationTask): SimulationResult {
  const scenario = chosen(task);
  const file = openSync(task.tracePath, 'w');
  const started = performance.now();
  let peakMemoryBytes = 0;
  let explained: { summary: Summary; story: Story } | undefined;
  try {
    const counters = runScenario(scenario, {
      version: VERSION,
      sink: (chunk) => writeSync(file, chunk),
      progress: (now) => {
        Atomics.store(task.board, 1 + task.place, Math.floor((1000 * now) / scenario.duration));
        const { total_heap_size, external_memory } = getHeapStatistics();
        peakMemoryBytes = Math.max(peakMemoryBytes, total_heap_size + external_memory);
        return Atomics.load(task.board, 0) === 0;
      },
      summarise: (figures) => {
        const trace = readTrace(readFileSync(task.tracePath));
        const summary = summarise(trace, figures);
        explained = { summary, story: tellStory(trace, summary) };
        return { ...summary, verdict: explained.story.verdict, story: explained.story.steps };
      },
    });
    const wallSeconds = (performance.now() - started) / 1000;
    return {
      ...explained!,
      engine: {
        events: counters.events,
        wallSeconds,
        requestsPerSecond: Math.round(counters.requests / wallSeconds),
        attemptsPerSecond: Math.round(counters.attempts / wallSeconds),
        peakMemoryBytes,
      },
      tracePath: task.tracePath,
    };
  } finally {
    closeSync(file);
  }
}

function chosen({ scenario: path, variant, seed, scale, standardInput }: SimulationTask): Scenario {
  setStandardInput(standardInput);
  const { base, variants } = loadScenario(path, nodeFiles);
  const one = variant === '' ? base : variants.find((each) => each.variant === variant)!;
  const scaled = scale === 1 ? one : scaleScenario(one, scale);
  return seed === null ? scaled : { ...scaled, seed };
}
