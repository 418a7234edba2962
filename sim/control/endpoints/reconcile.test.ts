import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Endpoint } from '../../cluster/api/endpoint-slice.ts';
import { keyOfEndpoint, type PlannedSlice, packSlices } from './reconcile.ts';

const endpoint = (number: number, ready = true): Endpoint => ({
  addresses: [`10.0.${number >> 8}.${number & 255}`],
  conditions: { ready, serving: ready, terminating: false },
  targetRef: { kind: 'Pod', namespace: 'x', name: `p${number}` },
});
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const desiredOf = (list: readonly Endpoint[]) => new Map(list.map((each) => [keyOfEndpoint(each), each]));
const slice = (name: string, list: readonly Endpoint[]): PlannedSlice => ({ name, ports: [], endpoints: [...list] });
const never = () => false;

test('250 Pods: two full slices and one half full', () => {
  const plan = packSlices([], desiredOf(numbers(0, 250).map((n) => endpoint(n))), [], 100, never);
  expect(plan.create.map(({ endpoints }) => endpoints.length)).toEqual([100, 100, 50]);
});

test('half of 20 Pods disappear: one slice is written, none is made', () => {
  const all = numbers(0, 20).map((n) => endpoint(n));
  const plan = packSlices([slice('a', all)], desiredOf(all.slice(0, 10)), [], 100, never);
  expect(plan.update.map(({ name, endpoints }) => [name, endpoints.length])).toEqual([['a', 10]]);
  expect([plan.create.length, plan.remove.length]).toEqual([0, 0]);
});

test('new Pods go into a slice that is written anyway, before one that is not', () => {
  const [a, b] = [numbers(0, 60), numbers(100, 150)].map((list) => list.map((n) => endpoint(n))) as [
    Endpoint[],
    Endpoint[],
  ];
  const desired = desiredOf([...a, ...b.slice(1), ...numbers(200, 210).map((n) => endpoint(n))]);
  const plan = packSlices([slice('a', a), slice('b', b)], desired, [], 100, never);
  expect(plan.update.map(({ name, endpoints }) => [name, endpoints.length])).toEqual([['b', 59]]);
  expect(plan.unchanged.map(({ name }) => name)).toEqual(['a']);
});

test('what is left goes whole into the slice that it fills best', () => {
  const slices = [30, 80, 90].map((size, i) =>
    slice(
      `s${size}`,
      numbers(i * 100, i * 100 + size).map((n) => endpoint(n)),
    ),
  );
  const there = slices.flatMap(({ endpoints }) => endpoints);
  const plan = packSlices(slices, desiredOf([...there, ...numbers(500, 515).map((n) => endpoint(n))]), [], 100, never);
  expect(plan.update.map(({ name, endpoints }) => [name, endpoints.length])).toEqual([['s80', 95]]);
});

test('nothing changed, nothing is written; a label that changed is', () => {
  const all = numbers(0, 10).map((n) => endpoint(n));
  expect(packSlices([slice('a', all)], desiredOf(all), [], 100, never).update).toEqual([]);
  expect(packSlices([slice('a', all)], desiredOf(all), [], 100, () => true).update.length).toBe(1);
});

test('whatever comes and goes, the slices hold what is desired, once each, and none is overfull', () => {
  const step = fc.array(fc.tuple(fc.nat(40), fc.boolean()), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (steps, most) => {
      let slices: PlannedSlice[] = [];
      let made = 0;
      for (const wanted of steps) {
        const list = [...new Map(wanted.map(([n, ready]) => [n, endpoint(n, ready)])).values()];
        const plan = packSlices(slices, desiredOf(list), [], most, never);
        const kept = slices.filter(({ name }) => !plan.remove.includes(name!));
        slices = kept.map((old) => plan.update.find(({ name }) => name === old.name) ?? old);
        slices.push(...plan.create.map((each) => ({ ...each, name: `n${made++}` })));
        for (const { endpoints } of slices) expect(endpoints.length).toBeLessThanOrEqual(most);
        const got = slices.flatMap(({ endpoints }) =>
          endpoints.map((each) => `${keyOfEndpoint(each)} ${each.conditions.ready}`),
        );
        expect(got.sort()).toEqual(list.map((each) => `${keyOfEndpoint(each)} ${each.conditions.ready}`).sort());
      }
    }),
  );
});
