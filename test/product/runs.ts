import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Story, tellStory } from '../../sim/explain/story.ts';
import { type Summary, summarise } from '../../sim/explain/summary.ts';
import { loadScenario } from '../../sim/input/load.ts';
import type { Scenario, ScenarioFile } from '../../sim/input/scenario.ts';
import { type RunCounters, runScenario } from '../../sim/run/run.ts';
import { readTrace } from '../../sim/trace/reader.ts';
import type { Trace } from '../../sim/trace/trace.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

/** The retail outage, cut after so many simulated minutes. */
export function retailOutage(minutes: number): ScenarioFile {
  const file = loadScenario(join(ROOT, 'scenarios/retail-outage/scenario.yaml'), {
    read: (path) => readFileSync(path, 'utf8'),
  });
  for (const scenario of [file.base, ...file.variants]) scenario.duration = minutes * 60e9;
  return file;
}

export interface Outcome {
  bytes: Buffer;
  trace: Trace;
  summary: Summary;
  story: Story;
  counters: RunCounters;
}

/** Runs a scenario in this thread, into memory. */
export function outcomeOf(scenario: Scenario): Outcome {
  const chunks: Uint8Array[] = [];
  let summary: Summary | undefined;
  let story: Story | undefined;
  const counters = runScenario(scenario, {
    version: 'test',
    sink: (chunk) => chunks.push(chunk),
    summarise: (figures) => {
      const trace = readTrace(Buffer.concat(chunks));
      summary = summarise(trace, figures);
      story = tellStory(trace, summary);
      return { ...summary, verdict: story.verdict };
    },
  });
  const bytes = Buffer.concat(chunks);
  return { bytes, trace: readTrace(bytes), summary: summary!, story: story!, counters };
}

export function variantOf(file: ScenarioFile, name: string): Scenario {
  return file.variants.find((scenario) => scenario.variant === name)!;
}
