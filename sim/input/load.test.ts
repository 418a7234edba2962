import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Files } from './files.ts';
import { InputError } from './input-error.ts';
import { loadScenario, validateFile } from './load.ts';
import type { Scenario } from './scenario.ts';

const FOLDER = join(import.meta.dirname, 'testdata');
const files: Files = { read: (path) => readFileSync(join(FOLDER, path), 'utf8') };

/** Files of `texts`, else of the test data. */
function having(texts: Record<string, string>): Files {
  return { read: (path) => texts[path] ?? files.read(path) };
}

function faultsOf(text: string, texts: Record<string, string> = {}): string {
  try {
    loadScenario('shop/s.yaml', having({ 'shop/s.yaml': text, ...texts }));
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return '';
}

const SHOP = files.read('shop/scenario.yaml');

describe('the shop', () => {
  const { base, variants, warnings } = loadScenario('shop/scenario.yaml', files);

  test('yields a scenario with every default filled in', async () => {
    const text = JSON.stringify(base, (_, value) => (value === Number.POSITIVE_INFINITY ? 'unlimited' : value), 2);
    await expect(`${text}\n`).toMatchFileSnapshot('testdata/shop/expected.txt');
  });

  test('its variants differ from it in what they set, and in nothing else', () => {
    const [dns, budget] = variants as [Scenario, Scenario];
    const expected = structuredClone(base);
    expected.variant = 'service-dns';
    expected.description = "The frontends use the Service's name";
    expected.workloads[0]!.calls[0]!.discovery = { dns: 1 };
    expect(dns).toEqual(expected);
    expect(budget.description).toBe(base.description); // it has none of its own
    expect(budget.clients.web!.retries.budget).toMatchObject({ ratio: 0.1, burst: 10 });
    expect(budget.traffic[0]!.client).toBe('browser');
    expect(budget.clients.browser).toBeDefined(); // presets that are used are clients too
    expect(budget.cluster).toEqual({ ...base.cluster, dns: { ...base.cluster.dns, cache: 0 } });
  });

  test('variants share the objects of the manifests: a run copies what it changes', () => {
    expect(variants[0]!.objects).toEqual(base.objects);
  });

  test('has nothing to be warned of', () => expect(warnings).toEqual([]));

  test('reads the same from JSON', () => {
    const json = JSON.stringify({ ...JSON.parse(JSON.stringify(minimal)), manifests: ['shop.yaml'] });
    expect(loadScenario('shop/s.json', having({ 'shop/s.json': json })).base.name).toBe('minimal');
  });
});

const minimal = {
  apiVersion: 'svclab.dev/v1alpha1',
  kind: 'Scenario',
  metadata: { name: 'minimal', namespace: 'shop' },
  duration: '1m',
  workloads: [{ for: 'deployment/checkout', serviceTime: '1ms' }],
  traffic: [{ name: 'web', to: 'http://checkout', arrivals: 10 }],
};

test('many faults are all told, each with its place, in the order of the files', async () => {
  const { errors } = validateFile('faults/scenario.yaml', files);
  const text = new InputError(errors).message;
  await expect(`${text.replaceAll(FOLDER, '…')}\n`).toMatchFileSnapshot('testdata/faults/expected.txt');
});

describe('faults', () => {
  const edit = (from: string, to: string) => {
    expect(SHOP).toContain(from);
    return SHOP.replace(from, to);
  };
  const cases: [string, string, string, string][] = [
    [
      'no end',
      'duration: 30m\n',
      '',
      'shop/s.yaml:1:1: duration: this field is required\n  expected  a duration with its unit',
    ],
    [
      'too long an end',
      'duration: 30m',
      'duration: 3000h',
      'shop/s.yaml:7:11: duration: "3000h" is longer than 104 days (2^53 ns)',
    ],
    ['no time at all', 'duration: 30m', 'duration: 0s', 'shop/s.yaml:7:11: duration: must be longer than 0'],
    ['no unit', 'timeout: 2s', 'timeout: 2', 'shop/s.yaml:20:14: clients.web.timeout: 2 has no unit: write 2s or 2ms'],
    [
      'no traffic',
      SHOP.slice(SHOP.indexOf('traffic:'), SHOP.indexOf('timeline:')),
      'traffic: []\n',
      'traffic: there is no traffic, so nothing would happen',
    ],
    [
      'a call in a circle',
      'startup: 25s',
      "calls: [{to: 'http://frontend'}]",
      'workloads[0].calls: calls go in a circle: shop/frontend → shop/checkout → shop/frontend',
    ],
    ['an entry after the end', 'at: 20m', 'at: 31m', 'timeline[0].at: this is after the end of the run'],
    ['a node that is not there', 'node: web-1', 'node: web-8', 'timeline[1].fail.node: there is no Node "web-8"'],
    [
      'two variants of a name',
      'name: budget',
      'name: service-dns',
      'variants[1].name: the variant "service-dns" is here twice',
    ],
    [
      'a variant’s path',
      'workloads.frontend.calls.checkout',
      'workloads.frontend.calls.chekout',
      '"]: workloads.frontend.calls has no element "chekout"\n  expected  one of: checkout\n  fix       did you mean "checkout"?',
    ],
    [
      'a variant’s value',
      'checkout.discovery: dns',
      'checkout.discovery: dsn',
      'workloads[0].calls[0].discovery: this is "dsn"',
    ],
    [
      'a Deployment twice',
      'for: deployment/checkout',
      'for: deployment/frontend',
      'workloads[1].for: "shop/frontend" is described twice',
    ],
    [
      'nobody serves it',
      SHOP.slice(SHOP.indexOf('  - for: deployment/checkout'), SHOP.indexOf('traffic:')),
      '',
      'workloads[0].calls[0].to: nothing under workloads describes "shop/checkout", which serves these requests',
    ],
    [
      'a group that shrinks',
      'maxCount: 8',
      'maxCount: 2',
      'cluster.nodeGroups[0].maxCount: maxCount 2 is less than count 4',
    ],
    ['too many nodes', 'maxCount: 8', 'maxCount: 300', '300 nodes with a /24 each do not fit in podCIDR 10.244.0.0/16'],
    [
      'a name in another namespace',
      'to: http://frontend.shop.svc.cluster.local:80',
      'to: http://frontend.default',
      'there is no Service "frontend" in namespace "default"\n  expected  a Service of the manifests, but there is none\n  fix       it is in namespace "shop"',
    ],
    [
      'another version',
      'svclab.dev/v1alpha1',
      'svclab.dev/v2',
      'apiVersion: this value is not possible here\n  expected  svclab.dev/v1alpha1',
    ],
  ];
  test.each(cases)('%s', (_, from, to, message) => {
    const faults = faultsOf(edit(from, to));
    expect(faults).toContain(message);
  });

  test('a file that cannot be read, and one that holds no Scenario', () => {
    expect(() => loadScenario('nope.yaml', files)).toThrow('nope.yaml:1:1: cannot read nope.yaml: ENOENT');
    expect(() => loadScenario('shop/shop.yaml', files)).toThrow('there is no Scenario in this file');
  });

  test('an InputError has no stack', () => {
    const error = new InputError([{ file: 'f', line: 1, column: 2, path: '', text: 'wrong' }]);
    expect(error.stack).toBe('InputError: f:1:2: wrong');
  });
});

test('retries without a timeout, and users at a ClusterIP, are warnings', () => {
  const text = SHOP.replace('timeout: 2s', 'timeout: none\n    readTimeout: none').replace(
    'http://frontend.shop.svc.cluster.local:80',
    'http://checkout',
  );
  const { warnings } = loadScenario('shop/s.yaml', having({ 'shop/s.yaml': text }));
  expect(warnings.map(({ path }) => path)).toEqual(['clients.web.retries', 'traffic[0].to']);
});

test.each([
  [
    'timeout: 2s',
    'timeout: 2s, totalTimeout: 1s',
    'clients.web.totalTimeout',
    /an attempt may take 2s, and the call ends after 1s/,
  ],
  [
    'timeout: 2s',
    'timeout: 2s, retries: {max: unlimited}',
    'clients.web.retries.max',
    /tried again for ever: if more come than is served, they do not end/,
  ],
  ['timeout: 2s', 'timeout: 2s, connections: {pool: 50000}', 'clients.web.connections.pool', /28232 source ports/],
  [
    'serviceTime: 10ms',
    'serviceTime: 10ms, backlog: 0, queue: {discipline: lifo}',
    'workloads[0].queue',
    /nobody waits/,
  ],
])('what contradicts itself is a warning with its place: %s', (from, to, path, words) => {
  const text = `apiVersion: svclab.dev/v1alpha1
kind: Scenario
metadata: {name: a}
duration: 1m
manifests:
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: b}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: d}]}}}}
- {apiVersion: v1, kind: Service, metadata: {name: b}, spec: {type: LoadBalancer, selector: {a: b}, ports: [{port: 80}]}}
clients: {web: {timeout: 2s}}
workloads: [{for: deployment/b, serviceTime: 10ms}]
traffic: [{name: t, to: 'http://b', client: web, arrivals: 10}]
`;
  expect(loadScenario('s.yaml', having({ 's.yaml': text })).warnings).toEqual([]);
  const { warnings } = loadScenario('s.yaml', having({ 's.yaml': text.replace(from, to) }));
  expect(warnings.map((each) => each.path)).toEqual([path]);
  expect(warnings[0]!.text).toMatch(words);
});

test('objects may stand inline and beside the Scenario in its file', () => {
  const service = (name: string) =>
    `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {selector: {app: checkout}, ports: [{port: 80}]}}`;
  const text = SHOP.replace('manifests: [shop.yaml]', `manifests: [shop.yaml, ${service('inline')}]`);
  const { base } = loadScenario('shop/s.yaml', having({ 'shop/s.yaml': `${text}---\n${service('beside')}\n` }));
  const services = base.objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
  expect(services).toEqual(['beside', 'frontend', 'checkout', 'inline']);
});

test('whatever is changed in a file, there is a Scenario or an InputError with a place in the files', () => {
  const sources = { 'shop/s.yaml': SHOP, 'shop/shop.yaml': files.read('shop/shop.yaml') };
  const words = [
    ...new Set(
      Object.values(sources)
        .join('\n')
        .match(/[\w./%-]+|[{}[\],:]/g),
    ),
  ];
  const junk = [
    '0',
    '-1',
    '1e9',
    'null',
    '~',
    '[]',
    '{}',
    '""',
    '5s',
    'no',
    '010',
    '99999999999999999999',
    '__proto__',
    '\t',
    '&a',
    '*a',
    '- ',
    '\n',
  ];
  const change = fc.record({
    file: fc.constantFrom(...(Object.keys(sources) as (keyof typeof sources)[])),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    word: fc.constantFrom(...words, ...junk),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const texts: Record<string, string> = { ...sources };
      for (const { file, at, word } of changes) {
        const found = [...texts[file]!.matchAll(/[\w./%-]+|[{}[\],:]/g)];
        const token = found[Math.min(found.length - 1, Math.floor(at * found.length))]!;
        texts[file] = texts[file]!.slice(0, token.index) + word + texts[file]!.slice(token.index + token[0].length);
      }
      try {
        expect(loadScenario('shop/s.yaml', having(texts)).base.duration).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.messages.length).toBeGreaterThan(0);
        for (const { file, line, column } of error.messages) {
          const lines = texts[file]!.split('\n');
          expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test.each(['name', 'namespace', 'description'])('%s beside metadata is told where it belongs', (field) => {
  expect(faultsOf(`${SHOP}\n${field}: shop\n`)).toContain(`write it as metadata.${field}`);
});

test.each(['envoy', 'nginx', 'java-httpclient'])(
  'a pause that is written is one, also where the preset %s has none',
  (preset) => {
    const text = SHOP.replace('preset: browser', `preset: ${preset}`);
    const { clients } = loadScenario('shop/scenario.yaml', having({ 'shop/scenario.yaml': text })).base;
    const slow = Object.values(clients).find(({ retries }) => retries.backoff.base === 3e9)!;
    expect(slow.retries.backoff.max).toBe(10e9);
  },
);
