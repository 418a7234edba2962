import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTrace } from '../../sim/trace/reader.ts';
import { TraceWriter } from '../../sim/trace/writer.ts';
import { World } from '../data/world.ts';
import type { Box } from './box.ts';
import { mapLayout } from './layout.ts';

/** A world of so many Pods on each node. */
function worldOf(podCounts: readonly number[], clientCount: number): World {
  const chunks: Uint8Array[] = [];
  const writer = new TraceWriter((chunk) => chunks.push(chunk), new Float64Array(1), {
    scenario: 's',
    description: '',
    variant: '',
    seed: 1,
    duration: 1e9,
    bucket: 1e9,
    representing: 1,
    svclab: '0',
    settings: {},
  });
  const onNode = writer.field('Pod.node', 'object');
  const service = writer.object('Service', 'shop', {});
  for (let i = 0; i < clientCount; i++) {
    writer.object('Client', `c${i}`, { target: service, discovery: ['podIP', 'dns', 'env'][i % 3]! });
  }
  podCounts.forEach((count, i) => {
    const node = writer.object('Node', `n${i}`, { zone: 'abc'[i % 3]! });
    for (let p = 0; p < count; p++) writer.change(writer.object('Pod', `p${i}-${p}`, { workload: 'w' }), onNode, node);
  });
  writer.close({});
  return new World(readTrace(Buffer.concat(chunks)));
}

const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const holds = (outer: Box, inner: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.w <= outer.x + outer.w &&
  inner.y + inner.h <= outer.y + outer.h;

test('Pods stand in their nodes, nodes in their zones, nothing on anything else, and all within the width', () => {
  const counts = fc.array(fc.nat(12), { minLength: 1, maxLength: 14 });
  fc.assert(
    fc.property(counts, fc.nat(9), fc.constantFrom(340, 700, 1000, 1600), (podCounts, clientCount, width) => {
      const world = worldOf(podCounts, clientCount);
      const { pods, nodes, zones, clients, discoveries, services, bypass } = mapLayout(world, width, 320);
      expect(pods.size).toBe(world.pods.length);
      for (const { item, box } of pods.values()) {
        expect(holds(nodes.find((node) => node.item.id === item.node)!.box, box)).toBe(true);
      }
      for (const { box } of nodes) expect(zones.filter((zone) => holds(zone.box, box))).toHaveLength(1);
      const stations = [...clients, ...discoveries, ...services].map(({ box }) => box);
      for (const group of [
        [...pods.values()].map(({ box }) => box),
        nodes.map(({ box }) => box),
        [...stations, ...(bypass ? [bypass] : [])],
      ]) {
        group.forEach((box, i) => {
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.x + box.w).toBeLessThanOrEqual(width);
          expect(group.slice(i + 1).filter((other) => overlap(box, other))).toEqual([]);
        });
      }
    }),
    { numRuns: 30 },
  );
});
