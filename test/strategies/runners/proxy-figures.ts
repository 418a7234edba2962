/** Tables, rings and figures that proxies work with: Envoy's and HAProxy's. */
import { z } from 'zod';
import { envoyMaglev } from '../../../sim/strategies/envoy/maglev.ts';
import { successRateThreshold } from '../../../sim/strategies/envoy/outlier-detection.ts';
import { priorityLoad } from '../../../sim/strategies/envoy/priority-load.ts';
import { envoyRing } from '../../../sim/strategies/envoy/ring-hash.ts';
import { NO_SLOW_START, slowStartFactor } from '../../../sim/strategies/envoy/slow-start.ts';
import { zoneRouting } from '../../../sim/strategies/envoy/zone-routing.ts';
import { slotsOf } from '../../../sim/strategies/haproxy/source.ts';
import { backend, label } from './sequences.ts';
import { tableFacts } from './tables.ts';

const whole = z.union([z.string(), z.number()]).transform((text) => BigInt(text));

const ringInput = z.object({
  backends: z.array(backend),
  minimumRingSize: z.number().default(1024),
  maximumRingSize: z.number().default(8 * 1024 * 1024),
  hashFunction: z.string().default('xxHash64'),
  keys: z.array(whole).default([]),
  attempts: z.array(z.number()).default([]),
});

export function ringHash(input: unknown): Record<string, unknown> {
  const { backends, minimumRingSize, maximumRingSize, hashFunction, keys, attempts } = ringInput.parse(input);
  const names = backends.map(({ name }) => name);
  const ring = envoyRing(
    names,
    backends.map(({ weight }) => weight),
    Array.from(names.keys()),
    { minimumRingSize, maximumRingSize, murmur: Number(/murmur/i.test(hashFunction)) },
  );
  const points = Array.from(ring.owner, (owner, i) => ({
    hash: String((BigInt(ring.high[i]!) << 32n) | BigInt(ring.low[i]!)),
    backend: names[owner]!,
  }));
  return {
    ring: points,
    ringSize: ring.size,
    entries: Object.fromEntries(names.map((name) => [name, points.filter((point) => point.backend === name).length])),
    sequence: keys.map((key, i) => {
      const place = ring.at(Number(key >> 32n), Number(key & 0xffffffffn));
      return names[ring.owner[(place + (attempts[i] ?? 0)) % ring.size]!];
    }),
  };
}

const maglevInput = z.object({
  backends: z.array(backend),
  tableSize: z.number().default(65537),
  keys: z.array(whole).default([]),
  attempts: z.array(z.number()).default([]),
  remove: label.optional(),
});

export function maglev(input: unknown): Record<string, unknown> {
  const { backends, tableSize, keys, attempts, remove } = maglevInput.parse(input);
  const tableOf = (chosen: typeof backends) => {
    const names = chosen.map(({ name }) => name);
    const weights = chosen.map(({ weight }) => weight);
    return { names, table: envoyMaglev(names, weights, tableSize) };
  };
  const before = tableOf(backends);
  const without = remove === undefined ? undefined : tableOf(backends.filter(({ name }) => name !== remove));
  return {
    ...tableFacts(before, without, remove),
    sequence: keys.map((key, i) => {
      const attempt = BigInt(attempts[i] ?? 0);
      const hash = attempt === 0n ? key : key ^ (2n ** 64n - attempt);
      return before.names[before.table[Number(hash % BigInt(tableSize))]!];
    }),
  };
}

const levels = z.union([z.array(z.array(z.number())), z.array(z.number()).transform((level) => [level])]);

export function priority(input: unknown): Record<string, unknown> {
  const { healthyPercent, overprovisioningFactor } = z
    .object({ healthyPercent: levels, overprovisioningFactor: z.number().default(1.4) })
    .parse(input);
  const load = healthyPercent.map((percents) =>
    priorityLoad(
      percents,
      percents.map(() => 100),
      Math.round(100 * overprovisioningFactor),
    ),
  );
  return { load };
}

const seconds = z.array(z.number());
const slowStartInput = z
  .object({
    windowSeconds: z.number().optional(),
    slowStartWindowSeconds: z.number().optional(),
    aggression: z.union([z.number(), seconds]).default(NO_SLOW_START.aggression),
    minWeightPercent: z.number().default(NO_SLOW_START.minWeightPercent),
    agesSeconds: seconds.optional(),
    ageSeconds: seconds.optional(),
    ages: seconds.optional(),
    weight: z.number().default(1),
  })
  .transform(({ windowSeconds, slowStartWindowSeconds, agesSeconds, ageSeconds, ages, ...rest }) => ({
    slowStartWindow: windowSeconds ?? slowStartWindowSeconds ?? 60,
    ages: agesSeconds ?? ageSeconds ?? ages ?? [],
    ...rest,
  }));

export function slowStart(input: unknown): Record<string, unknown> {
  const { slowStartWindow, aggression, minWeightPercent, ages, weight } = slowStartInput.parse(input);
  const factorsOf = (exponent: number) =>
    ages.map((age) =>
      slowStartFactor(Math.round(age * 1e9), { slowStartWindow, aggression: exponent, minWeightPercent }),
    );
  const factors = typeof aggression === 'number' ? factorsOf(aggression) : aggression.map(factorsOf);
  return { factors, weights: factors.flat().map((factor) => factor * weight) };
}

const zoneInput = z.object({
  proxies: z.array(z.number()),
  hosts: z.array(z.number()),
  home: z.number().default(0),
});

/** Shares of a zone's requests by zone. */
export function zones(input: unknown): Record<string, unknown> {
  const { proxies, hosts, home } = zoneInput.parse(input);
  const { local, residual } = zoneRouting(proxies, hosts, home);
  const spare = residual.at(-1) ?? 0;
  const shares = hosts.map((_, zone) => {
    const own = zone === home ? local / 10000 : 0;
    const rest = spare === 0 ? 0 : (residual[zone]! - (residual[zone - 1] ?? 0)) / spare;
    return own + (1 - local / 10000) * rest;
  });
  return { local: local / 10000, residual, shares };
}

const ratesInput = z.object({
  successRates: z.array(z.number()).optional(),
  backends: z.array(z.object({ name: label, successes: z.number(), requests: z.number() })).default([]),
  stdevFactor: z.number().default(1900),
});

export function successRates(input: unknown): Record<string, unknown> {
  const { successRates: given, backends, stdevFactor } = ratesInput.parse(input);
  const rates = given ?? backends.map(({ successes, requests }) => (100 * successes) / requests);
  const threshold = successRateThreshold(rates, stdevFactor / 1000);
  const ejected = [...rates.keys()].filter((i) => rates[i]! < threshold);
  const mean = successRateThreshold(rates, 0);
  return {
    mean,
    stdev: mean - successRateThreshold(rates, 1),
    threshold,
    ejected: backends.length === 0 ? ejected : ejected.map((i) => backends[i]!.name),
  };
}

const boundedInput = z.object({ backends: z.array(backend), balanceFactor: z.number() });

/** How many requests each server may have at a time, and who may have one more. */
export function boundedSlots(input: unknown): Record<string, unknown> {
  const { backends, balanceFactor } = boundedInput.parse(input);
  const served = backends.reduce((sum, { active }) => sum + active, 0);
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  const slots = backends.map(({ weight }) => {
    before += weight;
    return slotsOf(served, balanceFactor, weight, before - weight, total);
  });
  return {
    slots: Object.fromEntries(backends.map(({ name }, i) => [name, slots[i]])),
    eligible: backends.filter(({ active }, i) => active < slots[i]!).map(({ name }) => name),
  };
}
