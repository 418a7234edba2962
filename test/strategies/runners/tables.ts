/** What our hash tables make of a case: Maglev tables, jump hash, rings, bounded loads, rendezvous, subsets. */
import { z } from 'zod';
import { RandomSubset } from '../../../sim/strategies/clients/grpc/random-subsetting.ts';
import { deterministicSubset } from '../../../sim/strategies/clients/subsetting/deterministic.ts';
import { HashRing } from '../../../sim/strategies/structures/hash-ring.ts';
import { boundOf, firstWithRoom } from '../../../sim/strategies/tables/bounded-loads.ts';
import { CILIUM_SEED, ciliumTable } from '../../../sim/strategies/tables/cilium-maglev.ts';
import { jumpHash } from '../../../sim/strategies/tables/jump-hash.ts';
import { katranTable } from '../../../sim/strategies/tables/katran-maglev.ts';
import { namedPoints, pointCounts } from '../../../sim/strategies/tables/named-points.ts';
import { rendezvous } from '../../../sim/strategies/tables/rendezvous.ts';
import { World } from '../random-life.ts';
import { byPlaceAndName, inOurWords, type Words } from './words.ts';

type Outcome = Record<string, unknown>;
export type Runner = (input: unknown) => Outcome;

const name = z.union([z.string(), z.number()]).transform(String);
const whole = z.union([z.string(), z.number()]).transform((text) => BigInt(text));
const high = (hash: bigint) => Number(hash >> 32n);
const low = (hash: bigint) => Number(hash & 0xffffffffn);

export interface Table {
  readonly names: readonly string[];
  readonly table: Int32Array;
}

function countsOf({ names, table }: Table): number[] {
  const counts = new Array<number>(names.length).fill(0);
  for (const i of table) if (i >= 0) counts[i]!++;
  return counts;
}

/** Run-length encoding as Cilium's test writes it: `2(5),3(1)`. */
function runLengths({ names, table }: Table): string {
  const runs: string[] = [];
  for (let from = 0; from < table.length; ) {
    let to = from;
    while (table[to] === table[from] && to < table.length) to++;
    runs.push(`${names[table[from]!]}(${to - from})`);
    from = to;
  }
  return runs.join(',');
}

/** What is to be known of a table, and of the one without one of its backends. */
export function tableFacts(before: Table, without: Table | undefined, removed: string | undefined): Outcome {
  const owners = Array.from(before.table, (i) => before.names[i]);
  const counts = countsOf(before);
  const facts: Outcome = {
    table: owners,
    tableRunLength: runLengths(before),
    entries: Object.fromEntries(before.names.map((owner, i) => [owner, counts[i]])),
    entriesTotal: owners.length,
    entriesSpread: Math.max(...counts) - Math.min(...counts),
  };
  if (without === undefined) return facts;
  const after = Array.from(without.table, (i) => without.names[i]);
  const gone = owners.filter((owner) => owner === removed).length;
  const moved = owners.filter((owner, i) => owner !== removed && owner !== after[i]).length;
  facts.entriesOfRemoved = gone;
  facts.entriesMovedAmongSurvivors = moved;
  facts.disruption = (gone + moved) / owners.length;
  return facts;
}

const ciliumInput = z.object({
  backends: z.array(
    z.object({
      id: name.optional(),
      name: name.optional(),
      address: z.string().optional(),
      port: z.number().optional(),
      weight: z.number().default(1),
    }),
  ),
  tableSize: z.number().default(16381),
  hashSeed: z.string().optional(),
  remove: name.optional(),
});

function cilium(input: unknown): Outcome {
  const { backends, tableSize, hashSeed, remove } = ciliumInput.parse(input);
  const seed = hashSeed === undefined ? CILIUM_SEED : Buffer.from(hashSeed, 'base64').readUInt32BE(0);
  const named = backends.map(({ id, name, address, port, weight }) => {
    const text = address === undefined ? name! : port === undefined ? address : `${address}:${port}`;
    return { name: id ?? name ?? text, text, weight };
  });
  const tableOf = (chosen: typeof named): Table => {
    const [texts, weights] = [chosen.map(({ text }) => text), chosen.map(({ weight }) => weight)];
    return { names: chosen.map((backend) => backend.name), table: ciliumTable(texts, weights, tableSize, seed) };
  };
  const rest = named.filter((backend) => backend.name !== remove);
  return tableFacts(tableOf(named), remove === undefined ? undefined : tableOf(rest), remove);
}

/** `num = hash = 0..399, weight 1`, and a weight for even and for odd numbers. */
const numbered = z.string().transform((text) => {
  const [, from, to] = /(\d+)\.\.(\d+)/.exec(text)!;
  const weights = [...text.matchAll(/(\d+)(?= (?:for|if) (?:even|odd))/g)].map(([weight]) => Number(weight));
  const weight = Number(/weight (\d+)/.exec(text)?.[1] ?? 1);
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => {
    const num = Number(from) + i;
    return { num, hash: num, weight: weights[num % 2] ?? weight };
  });
});

const katranInput = z.object({
  backends: z.union([
    numbered,
    z.array(z.object({ num: z.number(), hash: z.number(), weight: z.number().default(1) })),
  ]),
  tableSize: z.number().default(65537),
  remove: z.number().optional(),
});

function katran(version: 1 | 2): Runner {
  return (input) => {
    const { backends, tableSize, remove } = katranInput.parse(input);
    const tableOf = (chosen: typeof backends): Table => {
      const [hashes, weights] = [chosen.map(({ hash }) => hash), chosen.map(({ weight }) => weight)];
      return { names: chosen.map(({ num }) => String(num)), table: katranTable(hashes, weights, version, tableSize) };
    };
    const before = tableOf(backends);
    const rest = backends.filter(({ num }) => num !== remove);
    const facts = tableFacts(before, remove === undefined ? undefined : tableOf(rest), String(remove));
    const table = Array.from(before.table, (i) => backends[i]!.num);
    const entries = byPlaceAndName(before.names, countsOf(before));
    return { ...facts, table, first16: table.slice(0, 16), entries };
  };
}

const jumpInput = z.object({ keys: z.array(whole), buckets: z.union([z.number(), z.array(z.number())]) });

function jump(input: unknown): Outcome {
  const { keys, buckets } = jumpInput.parse(input);
  const sizes = typeof buckets === 'number' ? keys.map(() => buckets) : buckets;
  return { sequence: keys.map((key, i) => jumpHash(high(key), low(key), sizes[i]!)) };
}

const ringInput = z.object({
  backends: z.array(z.object({ name, weight: z.number().default(1) })),
  minimumRingSize: z.number().default(1024),
  maximumRingSize: z.number().default(4096),
  keys: z.array(whole).default([]),
});

function ringHash(input: unknown): Outcome {
  const { backends, minimumRingSize, maximumRingSize, keys } = ringInput.parse(input);
  const sorted = backends.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const names = sorted.map((backend) => backend.name);
  const weights = sorted.map(({ weight }) => weight);
  const counts = pointCounts(weights, minimumRingSize, maximumRingSize);
  const ring = namedPoints(names, counts, Array.from(names.keys()));
  const hashes = Array.from(ring.owner, (_, i) => (BigInt(ring.high[i]!) << 32n) | BigInt(ring.low[i]!));
  return {
    ring: hashes.map((hash, i) => ({ hash: String(hash), backend: names[ring.owner[i]!] })),
    entries: Object.fromEntries(names.map((backend, i) => [backend, counts[i]])),
    sequence: keys.map((key) => names[ring.owner[ring.at(high(key), low(key))]!]),
  };
}

const place = z.union([
  name.transform((text) => ({ name: text, point: undefined })),
  z.object({ name, point: whole.optional() }).transform((backend) => ({ point: undefined, ...backend })),
]);
const boundedInput = z.object({
  backends: z.union([
    z.number().transform((count) => Array.from({ length: count }, (_, i) => ({ name: `${i}`, point: undefined }))),
    z.array(place),
  ]),
  epsilon: z.number(),
  keys: z.array(name).default([]),
});

const BOUNDED_WORDS: Words = {
  backends: /^(servers|ring|nodes)$/,
  point: /^(hash|position)$/,
  epsilon: /^eps$/,
  keys: /^(homes|requests|hashes|starts|preferred)$/,
};

/** Backends without points stand on the ring in their order; a key is then the name of the backend to which it belongs. */
function boundedLoads(input: unknown): Outcome {
  const { backends, epsilon, keys } = boundedInput.parse(inOurWords(input, BOUNDED_WORDS));
  const points = backends.map(({ point }, i) => point ?? BigInt(i));
  const ring = new HashRing({
    high: Uint32Array.from(points, high),
    low: Uint32Array.from(points, low),
    owner: Int32Array.from(backends.keys()),
  });
  const loads = new Array<number>(backends.length).fill(0);
  const capacity: number[] = [];
  const sequence = keys.map((key, sent) => {
    const bound = boundOf(sent + 1, 1 / backends.length, epsilon);
    capacity.push(bound);
    const own = backends.findIndex((backend) => backend.name === key);
    const hash = own < 0 ? BigInt(key) : points[own]!;
    const point = firstWithRoom(ring, ring.at(high(hash), low(hash)), (owner) => loads[owner]! < bound);
    loads[ring.owner[point]!]!++;
    return backends[ring.owner[point]!]!.name;
  });
  const names = backends.map((backend) => backend.name);
  return { sequence, capacity, capacities: capacity, loads: byPlaceAndName(names, loads) };
}

const rendezvousInput = z.object({
  backends: z.array(z.object({ name, weight: z.number().default(1) })),
  keys: z.number().default(10_000),
  remove: name.optional(),
});

function rendezvousHash(input: unknown): Outcome {
  const { backends, keys, remove } = rendezvousInput.parse(input);
  const world = new World(backends.length).add(rendezvous, 1);
  for (const backend of backends) world.join(backend.weight, backend.name);
  const tableNow = (): Table => {
    world.changed();
    const table = Int32Array.from({ length: keys }, (_, key) =>
      world.strategies[0]!.pick(Math.imul(key, 0x9e3779b1), 0),
    );
    return { names: backends.map((backend) => backend.name), table };
  };
  const before = tableNow();
  if (remove !== undefined) world.backends.leave(before.names.indexOf(remove));
  return tableFacts(before, remove === undefined ? undefined : tableNow(), remove);
}

const subsetsInput = z.object({ clients: z.number(), servers: z.number(), subsetSize: z.number() });

function subsets(input: unknown): Outcome {
  const { clients, servers, subsetSize } = subsetsInput.parse(input);
  const all = Int32Array.from({ length: servers }, (_, i) => i);
  const counts = new Array<number>(servers).fill(0);
  for (let client = 0; client < clients; client++) {
    for (const server of deterministicSubset(all, client, subsetSize)) counts[server]!++;
  }
  const most = Math.max(...counts);
  return {
    minConnectionsPerBackend: Math.min(...counts),
    maxConnectionsPerBackend: most,
    backendsWithMax: counts.filter((count) => count === most).length,
    unusedBackendsPerRound: servers < subsetSize ? 0 : servers % subsetSize,
    totalConnections: counts.reduce((sum, count) => sum + count, 0),
  };
}

const randomSubsetInput = z.object({
  backends: z.array(z.union([name, z.object({ name }).transform((backend) => backend.name)])),
  subsetSize: z.number(),
  seed: whole.default(0n),
  remove: name.optional(),
});

function randomSubsets(input: unknown): Outcome {
  const { backends, subsetSize, seed, remove } = randomSubsetInput.parse(input);
  const subsetOf = (chosen: readonly string[]) =>
    Array.from(
      new RandomSubset(chosen, low(seed), high(seed)).of(Int32Array.from(chosen.keys()), subsetSize),
      (i) => chosen[i]!,
    );
  const subset = subsetOf(backends);
  const after = subsetOf(backends.filter((backend) => backend !== remove));
  return { subset, subsetAfter: after, entriesChanged: after.filter((backend) => !subset.includes(backend)).length };
}

export const tableRunners: Readonly<Record<string, Runner>> = {
  'cilium-maglev': cilium,
  'katran-maglev': katran(2),
  'katran-maglev-v1': katran(1),
  'katran-maglev-v2': katran(2),
  'jump-hash': jump,
  'grpc-ring-hash': ringHash,
  chwbl: boundedLoads,
  'bounded-loads': boundedLoads,
  'consistent-bounded-loads': boundedLoads,
  'consistent-hash-bounded-loads': boundedLoads,
  'consistent-hashing-bounded-loads': boundedLoads,
  rendezvous: rendezvousHash,
  'rendezvous-hash': rendezvousHash,
  'deterministic-subset': subsets,
  'deterministic-subsetting': subsets,
  'random-subsetting': randomSubsets,
  'grpc-random-subsetting': randomSubsets,
};
