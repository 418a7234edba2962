import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLIENT_PRESETS } from '../input/client-presets.ts';
import { Client } from './client.ts';
import { Edge } from './edge.ts';

const edge = new Edge(
  0,
  { name: 'x/front', isUser: false },
  {
    service: 'x/back',
    host: 'back',
    slot: 0,
    port: 80,
    portIndex: 0,
    targetPort: 8080,
    origin: 0,
    protocol: 'TCP',
    family: 'IPv4',
    entersByNode: false,
  },
  { share: 1, policy: CLIENT_PRESETS.none!, discovery: { dns: 1 } },
);

test('calls wait first in, first out; those that gave up meanwhile are skipped', () => {
  const step = fc.oneof(
    { arbitrary: fc.constant('join' as const), weight: 3 },
    { arbitrary: fc.constant('leave' as const), weight: 1 },
    { arbitrary: fc.constant('serve' as const), weight: 2 },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.nat(100)), { maxLength: 400 }), (steps) => {
      const client = new Client(edge, { pod: 0, node: 0, address: 0, addressCount: 1 }, 'dns');
      const generations = new Int32Array(500).fill(1);
      let waiting: number[] = [];
      let next = 0;
      for (const [what, which] of steps) {
        if (what === 'join') {
          client.enqueue(next, generations[next]!);
          waiting.push(next++);
        } else if (what === 'leave' && waiting.length > 0) {
          const call = waiting[which % waiting.length]!;
          generations[call]!++;
          client.waitingCount--;
          waiting = waiting.filter((each) => each !== call);
        } else if (what === 'serve') expect(client.dequeue(generations)).toBe(waiting.shift() ?? -1);
        expect(client.waitingCount).toBe(waiting.length);
      }
    }),
  );
});
