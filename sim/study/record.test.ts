import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../stats/histogram.ts';
import { lineOf, type RunRecord, readLine } from './record.ts';

const seed = Number(process.env.SVCLAB_SEED ?? 1);

function recordOf(latencies: readonly number[]): RunRecord {
  const histogram = new Histogram();
  for (const latency of latencies) histogram.record(latency);
  const part = { sent: latencies.length, good: latencies.length, failed: 0, latencies: histogram.toSparse() };
  const traffic = { users: { parts: [part, part], means: [1, 2, 3] } };
  return { key: 'abc-1', seed: 1, events: 10, duration: 1e9, cuts: [0, 5e8], business: null, traffic };
}

test('a line gives its record back, and a torn or changed one nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** 40), { maxLength: 40 }), fc.nat(), fc.nat(254), (latencies, at, change) => {
      const record = recordOf(latencies);
      const line = lineOf(record);
      expect(line.endsWith('}\n')).toBe(true);
      const text = line.slice(0, -1);
      expect(readLine(text)).toEqual(record);
      expect(readLine(text.slice(0, at % text.length))).toBeNull();
      const i = at % text.length;
      const other = String.fromCharCode((text.charCodeAt(i) + 1 + change) % 256);
      expect(readLine(text.slice(0, i) + other + text.slice(i + 1))).toBeNull();
    }),
    { seed },
  );
});
