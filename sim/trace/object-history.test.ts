import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceHeader } from './format.ts';
import { hasObjectHistory, objectsAt } from './object-history.ts';
import { ObjectRecorder } from './object-recorder.ts';
import { readTrace } from './reader.ts';
import { TraceWriter } from './writer.ts';

const header: TraceHeader = {
  scenario: 'test',
  description: '',
  variant: '',
  seed: 1,
  duration: 100,
  bucket: 100,
  representing: 1,
  svclab: '0.0.0',
  settings: {},
};

/** A trace of what `calls` tell a recorder, whose clock they move. */
function traceOf(calls: (recorder: ObjectRecorder, clock: Float64Array) => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  const clock = new Float64Array(1);
  const writer = new TraceWriter((chunk) => chunks.push(chunk), clock, header);
  calls(new ObjectRecorder(writer), clock);
  clock[0] = 100;
  writer.close({});
  return Buffer.concat(chunks);
}

const json = fc.jsonValue({ maxDepth: 2 });
/** Content of an object: few keys, so that fields come, change and go. */
const content = fc.record(
  {
    spec: fc.dictionary(fc.constantFrom('a', 'b', 'nodeName'), json),
    status: fc.dictionary(fc.constantFrom('phase', 'conditions'), json),
    endpoints: fc.array(fc.record({ ip: fc.ipV4(), ready: fc.boolean() })),
    data: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
  },
  { requiredKeys: [] },
);
/** Of a few objects in two families: a write, or a deletion. */
const step = fc.record({ uid: fc.nat(4), content: fc.option(content, { freq: 5 }) });

describe('the history of objects', () => {
  test('at any time it is what the store held', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const held: string[][] = [];
        const bytes = traceOf((recorder, clock) => {
          const now = new Map<number, object>();
          steps.forEach(({ uid, content }, i) => {
            clock[0] = i;
            const { namespace, name } = { namespace: `ns-${uid % 2}`, name: `object-${uid}` };
            const metadata = { name, namespace, uid: `${uid}`, resourceVersion: i + 1 };
            const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...content };
            if (content === null) {
              recorder.remove(object);
              now.delete(uid);
            } else {
              recorder.write(object, namespace);
              now.set(uid, object);
            }
            held.push([...now.values()].map(canonical).sort());
          });
        });
        const trace = readTrace(bytes);
        expect(trace.tables.problem).toBe('');
        held.forEach((objects, i) => {
          expect(objectsAt(trace, i).map(canonical).sort()).toEqual(objects);
        });
      }),
      { seed: Number(process.env.SVCLAB_SEED ?? 1) },
    );
  });

  test('a thousand Pods of one template cost little more than their names', () => {
    const containers = [{ name: 'app', image: 'x'.repeat(2000) }];
    const pods = (count: number) =>
      traceOf((recorder) => {
        for (let i = 0; i < count; i++) {
          const metadata = { name: `shop-${i}`, namespace: 'shop', uid: `uid-${i}`, resourceVersion: i };
          recorder.write({ metadata, spec: { containers, nodeName: `node-${i % 20}` } } as never, 'shop');
        }
      }).length;
    expect((pods(1001) - pods(1)) / 1000).toBeLessThan(20);
  });

  test('a change at the end of a long list costs only itself', () => {
    const endpoints = Array.from({ length: 1000 }, (_, i) => ({ address: `10.${i}.${i ** 2}.${i ** 3}`, ready: true }));
    const slice = (version: number) => ({
      metadata: { name: 's', namespace: 'x', uid: 'u', resourceVersion: version },
      endpoints,
    });
    const once = traceOf((recorder) => recorder.write(slice(1), '')).length;
    const often = traceOf((recorder) => {
      for (let i = 0; i < 100; i++) {
        endpoints[i * 7]!.ready = !endpoints[i * 7]!.ready;
        recorder.write(slice(i), '');
      }
    }).length;
    expect((often - once) / 100).toBeLessThan(20);
  });

  test('a trace without a history says so', () => {
    const trace = readTrace(traceOf(() => {}));
    expect([hasObjectHistory(trace), objectsAt(trace, 50)]).toEqual([false, []]);
  });

  test('a file that is cut has the history up to its cut, or none', () => {
    const bytes = traceOf((recorder, clock) => {
      for (let i = 0; i < 20_000; i++) {
        clock[0] = Math.floor(i / 1000);
        const metadata = { name: `pod-${i % 10}`, namespace: 'x', uid: `${i % 10}`, resourceVersion: i };
        recorder.write({ kind: 'Pod', metadata, spec: { i, text: `${i * i}`, half: i >> 1 } } as never, '');
      }
    });
    fc.assert(
      fc.property(fc.nat(bytes.length), (end) => {
        if (end < 400) return;
        const trace = readTrace(bytes.slice(0, end));
        for (const { metadata, spec } of objectsAt(trace, 100)) {
          const { i, half } = spec as { i: number; half: number };
          expect([metadata.resourceVersion, half]).toEqual([i, i >> 1]);
        }
      }),
      { seed: Number(process.env.SVCLAB_SEED ?? 1), numRuns: 25 },
    );
  });
});

/** The order of keys tells nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
