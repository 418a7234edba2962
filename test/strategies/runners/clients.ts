/** What our strategies that run in clients make of a case. */
import { z } from 'zod';
import type { Stream } from '../../../sim/engine/random.ts';
import { cubicScore } from '../../../sim/strategies/clients/c3/kinds.ts';
import { apertureWidth, overlap } from '../../../sim/strategies/clients/finagle/deterministic-aperture.ts';
import { FINAGLE } from '../../../sim/strategies/clients/finagle/kinds.ts';
import { leastRequest } from '../../../sim/strategies/clients/grpc/least-request.ts';
import { strideOf } from '../../../sim/strategies/clients/grpc/static-stride.ts';
import { NO_ANSWER_YET, PeakEwma } from '../../../sim/strategies/clients/loads.ts';
import { ProbePool } from '../../../sim/strategies/clients/prequal/probe-pool.ts';
import { REPLY, type Strategy, type View } from '../../../sim/strategies/strategy.ts';
import { ALONE, Backends, InstanceView } from '../../../sim/strategies/view.ts';
import { type Runner, tableRunners } from './tables.ts';
import { byPlaceAndName, inOurWords, type Words } from './words.ts';

type Outcome = Record<string, unknown>;

const name = z.union([z.string(), z.number()]).transform(String);
const second = 1e9;

/** Draws from a list, each taken modulo what is asked for. */
function scripted(draws: readonly number[]): Stream {
  let next = 0;
  return {
    bits: () => draws[next++]! | 0,
    uniform: () => draws[next++]!,
    below: (bound) => draws[next++]! % bound,
  };
}

/** The view of one instance of as many backends. */
function viewOf(backends: number, random: Stream): InstanceView {
  const all = new Backends(backends);
  for (let slot = 0; slot < backends; slot++) all.join(slot, String(slot));
  return new InstanceView(all, ALONE, new Float64Array(1), random, new Float64Array(8), () => {});
}

const ewmaInput = z.object({
  decaySeconds: z.number().default(10),
  initialSeconds: z.number().optional(),
  events: z.array(
    z.object({
      t: z.number(),
      load: z.boolean().optional(),
      start: z.boolean().optional(),
      end: z.number().optional(),
    }),
  ),
});

function peakEwma(initialSeconds: number): Runner {
  return (input) => {
    const { decaySeconds, events, ...given } = ewmaInput.parse(input);
    const view = viewOf(1, scripted([]));
    const load = new PeakEwma(view, decaySeconds * second, (given.initialSeconds ?? initialSeconds) * second);
    load.changed();
    const loads: (number | 'penalty')[] = [];
    for (const event of events) {
      view.clock[0] = event.t * second;
      if (event.start) view.inFlight[0]!++;
      if (event.end !== undefined) {
        view.inFlight[0]!--;
        view.reply[REPLY.latency] = event.end * second;
        load.ended(0);
      }
      if (!event.load) continue;
      load.measure(0, 0);
      const measured = load.measured[0]!;
      loads.push(measured >= NO_ANSWER_YET ? 'penalty' : measured / second);
    }
    return { loads };
  };
}

const report = z.object({
  name,
  weight: z.number().optional(),
  qps: z.number().default(0),
  utilization: z.number().default(0),
  eps: z.number().default(0),
});

const weightedInput = z.object({
  backends: z.array(report),
  errorUtilizationPenalty: z.number().default(1),
  firstSequenceNumber: z.number().default(0),
  picks: z.number().default(0),
});

const REPORT_WORDS: Words = {
  qps: /^rps/i,
  utilization: /^(cpu|application)?utili[sz]ation$/i,
  eps: /^(errorsPerSecond|errorRate)$/i,
};

function weightedRoundRobin(input: unknown): Outcome {
  const { backends, errorUtilizationPenalty, firstSequenceNumber, picks } = weightedInput.parse(
    inOurWords(input, REPORT_WORDS),
  );
  const weights = backends.map(({ weight, qps, utilization, eps }) =>
    weight !== undefined
      ? weight
      : qps > 0 && utilization > 0
        ? qps / (utilization + (eps / qps) * errorUtilizationPenalty)
        : 0,
  );
  const stride = strideOf(weights);
  stride.seek(firstSequenceNumber);
  const sequence = Array.from({ length: picks }, () => backends[stride.next()]!.name);
  return { weights, scaledWeights: stride.scaled, sequence };
}

const poolsInput = z.object({
  pools: z.array(
    z.object({
      rifThreshold: z.number(),
      probes: z.array(z.object({ name, rif: z.number(), latencyMs: z.number() })),
    }),
  ),
});

function prequal(input: unknown): Outcome {
  const sequence = poolsInput.parse(input).pools.map(({ rifThreshold, probes }) => {
    const pool = new ProbePool(Math.max(1, probes.length), probes.length);
    probes.forEach(({ rif, latencyMs }, slot) => {
      pool.latency[pool.push(slot, rif)] = latencyMs;
    });
    const best = pool.best(rifThreshold);
    return best < 0 ? null : probes[pool.slot[best]!]!.name;
  });
  return { sequence };
}

const server = z.object({
  name: name.optional(),
  responseTime: z.number(),
  serviceTime: z.number(),
  queueSize: z.number(),
  outstanding: z.number(),
});
const scoreInput = z.union([
  z.object({ clients: z.number(), backends: z.array(server) }),
  server.extend({ clients: z.number() }).transform(({ clients, ...only }) => ({ clients, backends: [only] })),
]);

const SCORE_WORDS: Words = {
  responseTime: /^(response|r$)/i,
  serviceTime: /^(service|s$)/i,
  queueSize: /^q/i,
  outstanding: /^(outstanding|inflight|pending|os$)/i,
  clients: /^(clients|n$|concurrency)/i,
  backends: /^(servers|replicas)$/i,
};

function c3(input: unknown): Outcome {
  const { backends, clients } = scoreInput.parse(inOurWords(input, SCORE_WORDS));
  const scores = backends.map(({ responseTime, serviceTime, queueSize, outstanding }) =>
    cubicScore(responseTime - serviceTime, serviceTime, queueSize, outstanding, clients),
  );
  const best = backends[scores.indexOf(Math.min(...scores))]!;
  const named = byPlaceAndName(
    backends.map((backend, i) => backend.name ?? `${i}`),
    scores,
  );
  return { score: scores.length === 1 ? scores[0] : named, scores: named, sequence: [best.name] };
}

const drawsInput = z.object({
  backends: z.array(z.object({ name, active: z.number().default(0) })),
  draws: z.array(z.number()),
  choiceCount: z.number().default(2),
  connectionsStayOpen: z.boolean().default(false),
});

/** Picks for as long as there are draws. */
function drawn(create: (view: View, choices: number) => Strategy, drawsPerPick: (choices: number) => number): Runner {
  return (input) => {
    const { backends, draws, choiceCount, connectionsStayOpen } = drawsInput.parse(input);
    const view = viewOf(backends.length, scripted(draws));
    backends.forEach(({ active }, slot) => {
      view.inFlight[slot] = active;
    });
    const strategy = create(view, choiceCount);
    strategy.changed?.();
    const picks = Math.floor(draws.length / drawsPerPick(choiceCount));
    const sequence = Array.from({ length: picks }, () => {
      const slot = strategy.pick(0, 0);
      if (connectionsStayOpen) view.inFlight[slot]!++;
      return backends[slot]!.name;
    });
    return { sequence };
  };
}

const twoChoices = drawn(
  (view) => FINAGLE[0]!.create(view, {}),
  () => 2,
);

const arcInput = z.object({
  clients: z.number(),
  backends: z.number(),
  least: z.number().default(12),
  client: z.number().default(0),
});

const ARC_WORDS: Words = {
  backends: /^servers$/,
  clients: /^instances$/,
  client: /^instance(Id)?$/,
  least: /^(minAperture|aperture|logicalAperture)$/,
};

function deterministicAperture(input: unknown): Outcome {
  const { clients, backends, least, client } = arcInput.parse(inOurWords(input, ARC_WORDS));
  const width = apertureWidth(clients, backends, least);
  const parts = Array.from({ length: backends }, (_, i) => overlap(i, backends, client / clients, width) * backends);
  return { width, weights: parts, backendsUsed: parts.filter((part) => part > 0).length };
}

export const runners: Readonly<Record<string, Runner>> = {
  ...tableRunners,
  'peak-ewma': peakEwma(0),
  'finagle-peak-ewma': peakEwma(0),
  'linkerd-peak-ewma': peakEwma(0.03),
  'finagle-p2c': twoChoices,
  'finagle-deterministic-aperture': deterministicAperture,
  'deterministic-aperture': deterministicAperture,
  'grpc-weighted-round-robin': weightedRoundRobin,
  'grpc-wrr': weightedRoundRobin,
  'grpc-least-request': drawn(
    (view, choices) => leastRequest.create(view, { choices }),
    (choices) => choices,
  ),
  prequal,
  c3,
  'c3-score': c3,
};
