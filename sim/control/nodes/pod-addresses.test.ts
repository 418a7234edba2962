import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIPv4 } from '../../cluster/address.ts';
import type { Node } from '../../cluster/api/node.ts';
import { PodAddresses } from './pod-addresses.ts';

const node = (podCIDR: string) => ({ kind: 'Node', metadata: { name: 'n' }, spec: { podCIDR } }) as Node;
const small = node('10.1.2.0/29'); // .2 to .6: without network, bridge and broadcast

test('the next higher one is given, not the lowest free one; then it wraps around', () => {
  const addresses = new PodAddresses(0);
  const take = () => formatIPv4(addresses.take(small, 0));
  const first = addresses.take(small, 0);
  expect([formatIPv4(first), take(), take()]).toEqual(['10.1.2.2', '10.1.2.3', '10.1.2.4']);
  addresses.release(small, first, 0);
  expect([take(), take(), take()]).toEqual(['10.1.2.5', '10.1.2.6', '10.1.2.2']);
});

test('a released one rests; when none is free there is none', () => {
  const addresses = new PodAddresses(30);
  const all = Array.from({ length: 5 }, () => addresses.take(small, 0));
  expect(addresses.take(small, 5)).toBe(-1);
  addresses.release(small, all[3]!, 10);
  expect(addresses.take(small, 39)).toBe(-1);
  expect(addresses.take(small, 40)).toBe(all[3]);
});

test('nobody has an address of somebody else, and no address comes back before its time', () => {
  const step = fc.record({ release: fc.boolean(), which: fc.nat(4), wait: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.nat(60), (steps, reuse) => {
      const addresses = new PodAddresses(reuse);
      const held: number[] = [];
      const freeFrom = new Map<number, number>();
      let now = 0;
      for (const { release, which, wait } of steps) {
        now += wait;
        if (release && held.length > 0) {
          const [address] = held.splice(which % held.length, 1);
          addresses.release(small, address!, now);
          freeFrom.set(address!, now + reuse);
          continue;
        }
        const resting = [...freeFrom.values()].filter((from) => from > now).length;
        const address = addresses.take(small, now);
        expect(address < 0).toBe(held.length + resting === 5);
        if (address < 0) continue;
        expect(held).not.toContain(address);
        expect(freeFrom.get(address) ?? 0).toBeLessThanOrEqual(now);
        freeFrom.delete(address);
        held.push(address);
      }
    }),
  );
});
