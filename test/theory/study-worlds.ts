import { openScenario } from '../../sim/input/load.ts';
import { Conductor, type Journal } from '../../sim/study/conductor.ts';
import { InlineExecutor } from '../../sim/study/executor.ts';
import { scenarioText } from '../product/study-scenario.ts';

/** M/M/c as a scenario: one Pod of `cores` cores behind a Service, exponential service of 10 ms, a network of a nanosecond. */
export function farmScenario({ rate, cores, duration, thresholds = [] }: FarmWorld) {
  const text = scenarioText(duration, {
    cluster: {
      nodes: { count: 1, cpu: 64, memory: '64Gi' },
      network: { external: '1ns', sameNode: '1ns', sameZone: '1ns', crossZone: '1ns' },
    },
    clients: { patient: { preset: 'none', timeout: '1h', connections: { connectTimeout: '1h' } } },
    workloads: [
      {
        for: 'deployment/api',
        serviceTime: { exponential: '10ms' },
        cores,
        concurrency: 100_000,
        backlog: 100_000,
        probesShareQueue: false,
      },
    ],
    traffic: [{ name: 'users', to: 'http://api', client: 'patient', arrivals: { poisson: { rate } } }],
    thresholds,
  });
  return openScenario('farm.yaml', { read: () => text });
}

export interface FarmWorld {
  rate: number;
  cores: number;
  duration: string;
  thresholds?: string[];
}

/** A study in this thread that forgets its runs. */
export function conductor(): Conductor {
  const journal: Journal = { has: () => false, read: () => null, append: () => {} };
  return new Conductor({
    executor: new InlineExecutor(),
    journal,
    version: 'test',
    hash: (text) => text,
    now: () => performance.now(),
    stopped: () => false,
  });
}
