import { describe, expect, test } from 'vitest';
import { InputError } from '../../input/input-error.ts';
import { readWorkload } from './read-workload.ts';

const HEAD = 'apiVersion: svclab.dev/v1alpha1\nkind: Workload\nmetadata: { name: mine }\n';
const read = (body: string) => {
  const text = HEAD + body;
  return readWorkload('mine.yaml', { read: () => text, chunks: () => [text] });
};

test('what is left out has the defaults', () => {
  expect(read('')).toMatchObject({
    name: 'mine',
    pods: [{ count: 100, cores: 1, speed: 1, weight: 1 }],
    clients: { count: 200, skew: 0 },
    load: { kind: 'curve', points: [[0, 0.8]] },
    service: { kind: 'exponential', mean: 40e6 },
    requestsPerConnection: 1,
    faults: [],
    duration: 60e9,
  });
});

test('everything can be said', () => {
  const { pods, clients, load, faults, requestsPerConnection } = read(`
pods: [{ count: 2, speed: 2, weight: 2 }, { count: 3 }]
clients: { count: 10, skew: 1 }
load: { phases: [{ load: 0.1, mean: 1s }, { load: 2, mean: 1s }] }
requestsPerConnection: unlimited
faults:
  - { at: 1s, slow: { pods: 1, by: 3, for: 2s } }
  - { at: 2s, errors: { zone: b, share: 50% } }
  - { at: 3s, down: { zone: c, silent: true } }
  - { at: 4s, restart: { every: 1s } }
  - { antagonist: { on: 1s, off: 2s, by: 2 } }
`);
  expect(pods).toEqual([
    { count: 2, cores: 1, speed: 2, weight: 2 },
    { count: 3, cores: 1, speed: 1, weight: 1 },
  ]);
  expect(clients.skew).toBe(1);
  expect(load.kind).toBe('phases');
  expect(requestsPerConnection).toBe(Number.POSITIVE_INFINITY);
  expect(faults).toEqual([
    { kind: 'slow', at: 1e9, lasts: 2e9, which: { pods: 1 }, factor: 3 },
    { kind: 'errors', at: 2e9, lasts: Number.POSITIVE_INFINITY, which: { zone: 1 }, share: 0.5, after: 1e6 },
    { kind: 'down', at: 3e9, lasts: Number.POSITIVE_INFINITY, which: { zone: 2 }, silent: true },
    { kind: 'restart', at: 4e9, every: 1e9, which: { pods: 5 } },
    { kind: 'antagonist', together: 1, on: 1e9, off: 2e9, factor: 2 },
  ]);
});

describe('faults are told with their place', () => {
  test.each<[string, string, RegExp]>([
    ['an unknown field', 'lod: 0.8\n', /mine\.yaml:4:1[\s\S]*lod[\s\S]*did you mean "load"/],
    ['a load that is none', 'load: lots\n', /mine\.yaml:4:7[\s\S]*load/],
    [
      'no kind of fault',
      'faults: [{ at: 1s }]\n',
      /no kind of fault is given[\s\S]*slow, errors, down, restart, antagonist/,
    ],
    ['two kinds', 'faults: [{ at: 1s, slow: { pods: 1, by: 2 }, down: { pods: 1 } }]\n', /slow and down together/],
    ['no time', 'faults: [{ slow: { pods: 1, by: 2 } }]\n', /at: is missing/],
    ['after the end', 'faults: [{ at: 2m, slow: { pods: 1, by: 2 } }]\n', /it begins after the end/],
    ['which', 'faults: [{ at: 1s, slow: { by: 2 } }]\n', /which Pods\?/],
    ['a zone that is not there', 'faults: [{ at: 1s, down: { zone: d } }]\n', /there is no zone d[\s\S]*a to c/],
    ['a warm-up of all', 'warmUp: 60s\n', /warmUp is not shorter than duration/],
    [
      'too much',
      'pods: 20000\nload: 50\nservice: { constant: 1us }\n',
      /requests that would arrive in one replication: [\s\S]*at most 2e\+7/,
    ],
    [
      'nothing',
      'load: { phases: [{ load: 0, mean: 4s }, { load: 0, mean: 4s }] }\n',
      /0\.0 requests would arrive[\s\S]*at least 100/,
    ],
    ['too many pairs', 'pods: 5000\nclients: 50000\nload: 0.001\n', /pairs of a caller and a Pod/],
    ['too many windows', 'window: 1us\n', /windows: 6\.0e\+7/],
    ['too many neighbours', 'faults: [{ antagonist: { on: 1us, off: 1us, by: 2 } }]\n', /comings and goings/],
    ['too many phases', 'load: { phases: [{ load: 1, mean: 1us }, { load: 0.5, mean: 1s }] }\n', /changes of the load/],
  ])('%s', (_, body, message) => {
    expect(() => read(body)).toThrow(InputError);
    expect(() => read(body)).toThrow(message);
  });

  test('another kind of file', () => {
    const text = 'kind: Scenario\n';
    expect(() => readWorkload('x.yaml', { read: () => text, chunks: () => [text] })).toThrow(/x\.yaml/);
  });
});
