import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Files } from '../input/files.ts';
import { explainFailure } from './failure-text.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { printDifference } from './match/difference.ts';
import { CHECKS } from './registry.ts';
import { runTestFile } from './run-tests.ts';
import { outcomeOf, tally } from './tally.ts';

const HEAD = 'apiVersion: svclab.dev/v1alpha1\nkind: Test\nmetadata: {name: t}\n';
const WEB =
  '{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 10.0.0.1, ports: [{port: 80}]}}';
const POD =
  '{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: [{name: c, image: i}]}}';
const NODE = '{apiVersion: v1, kind: Node, metadata: {name: node-1}}';
const ASK = 'check: {dns: {server: true, name: web.shop.svc.cluster.local}}';

function run(text: string, others: Record<string, string> = {}) {
  const all: Record<string, string> = { 'tests/a.yaml': text, ...others };
  const files: Files = {
    read: (path) => {
      if (all[path] === undefined) throw new Error('there is no such file');
      return all[path];
    },
  };
  return runTestFile('tests/a.yaml', files);
}

/** `line:column path: text` of each error. */
function errors(text: string, others?: Record<string, string>): string[] {
  return run(text, others).results.flatMap((result) =>
    result.errors.map(({ line, column, path, text }) => `${line}:${column} ${path === '' ? '' : `${path}: `}${text}`),
  );
}

describe('a test that holds', () => {
  test.each([
    ['steps', `manifests: [${WEB}]\nsteps:\n- ${ASK}\n  expect: {rcode: NOERROR}\n`],
    ['checks', `manifests: [${WEB}]\nchecks:\n- ${ASK}\n  expect: {answers: [{data: 10.0.0.1}]}\n`],
    ['one check at the top', `manifests: [${WEB}]\n${ASK}\nexpect: {rcode: NOERROR}\n`],
    ['a file beside it', `manifests: [sub/web.yaml]\n${ASK}\nexpect: {rcode: NOERROR}\n`],
    ['apply', `steps:\n- apply: [${WEB}]\n- ${ASK}\n  expect: {rcode: NOERROR}\n`],
    ['one object to apply', `steps:\n- apply: ${WEB}\n- ${ASK}\n  expect: {rcode: NOERROR}\n`],
    [
      'delete',
      `manifests: [${WEB}]\nsteps:\n- delete: [{kind: Service, namespace: shop, name: web}]\n- ${ASK}\n  expect: {rcode: NXDOMAIN}\n`,
    ],
    ['wait', `steps:\n- wait: 30s\n- ${ASK}\n  expect: {rcode: NXDOMAIN}\n`],
    ['a name', `checks:\n- ${ASK.replace('{dns', '{name: n, dns')}\n  expect: {rcode: NXDOMAIN}\n`],
    [
      'what was allocated survives',
      `steps:\n- apply: ${WEB}\n- apply: ${WEB.replace('clusterIP: 10.0.0.1, ', '')}\n- ${ASK}\n  expect: {answers: [{data: 10.0.0.1}]}\n`,
    ],
    [
      'variables are a snapshot',
      `manifests: [${NODE}, ${POD}]\nsteps:\n- apply: ${WEB}\n- check: {env: {pod: shop/p}}\n  expect: {absent: [WEB_SERVICE_HOST], exact: true}\n`,
    ],
    [
      'objects that the API server would refuse',
      `cluster: {validation: false}\nmanifests: [${WEB.replace('port: 80', 'port: 80000')}]\n${ASK}\nexpect: {rcode: NOERROR}\n`,
    ],
  ])('%s', (_, body) => {
    const { results } = run(HEAD + body, { 'tests/sub/web.yaml': WEB });
    expect(results).toMatchObject([{ name: 't', ok: true, errors: [] }]);
    expect(results[0]!.checks.length).toBeGreaterThan(0);
  });
});

test('a refusal that a check expects is its answer', () => {
  const deployment =
    '{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: shop}, spec: {selector: {matchLabels: {a: b}}, strategy: {rollingUpdate: {maxSurge: oops}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}';
  const text = (expectation: string) =>
    `${HEAD}manifests: [${deployment}]\ncheck: {rollout: {deployment: shop/d, from: 3}}\nexpect: ${expectation}\n`;
  expect(run(text('{error: true}')).results).toMatchObject([{ ok: true, errors: [], checks: [{ ok: true }] }]);
  expect(run(text('{maxSurge: 1}')).results).toMatchObject([
    { ok: false, errors: [{ path: 'spec.strategy.rollingUpdate.maxSurge' }] },
  ]);
  const unchecked = text('{error: true}').replace('manifests:', `cluster: {validation: false}\nmanifests:`);
  expect(run(unchecked).results).toMatchObject([{ ok: true, errors: [], checks: [{ ok: true }] }]);
});

// Of upstream's TestResolveFenceposts.
test('where neither surge nor unavailability leaves room, one may be unavailable, even of none', () => {
  const deployment =
    '{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: shop}, spec: {replicas: 0, selector: {matchLabels: {a: b}}, strategy: {rollingUpdate: {maxSurge: 0%, maxUnavailable: 0%}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}';
  const text = `${HEAD}cluster: {validation: false}\nmanifests: [${deployment}]\ncheck: {rollout: {deployment: shop/d, from: 0}}\nexpect: {maxSurge: 0, maxUnavailable: 1}\n`;
  expect(run(text).results).toMatchObject([{ ok: true, errors: [] }]);
});

test.each(['RollingUpdate', 'Recreate'])('a paused Deployment is scaled and not rolled out: %s', (type) => {
  const deployment = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: shop}, spec: {paused: true, replicas: 3, strategy: {type: ${type}}, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}`;
  const text = (from: number, least: number, most: number) =>
    `${HEAD}manifests: [${deployment}]\ncheck: {rollout: {deployment: shop/d, from: ${from}}}\nexpect: {neverBelowAvailable: ${least}, neverAboveTotal: ${most}}\n`;
  for (const of of [text(3, 3, 3), text(5, 3, 5), text(1, 1, 3)]) expect(run(of).results).toMatchObject([{ ok: true }]);
});

describe('endpointSlices', () => {
  const SLICES = [
    '{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a, namespace: shop, labels: {kubernetes.io/service-name: web}}, addressType: IPv4, ports: [{name: http, port: 80}], endpoints: [{addresses: [10.1.0.1], zone: a, hints: {forZones: [{name: a}]}}, {addresses: [10.1.0.2], zone: a, conditions: {ready: false}, hints: {forZones: [{name: b}]}}]}',
    '{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: b, namespace: shop, labels: {kubernetes.io/service-name: web}}, addressType: IPv6, ports: [], endpoints: []}',
    '{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: c, namespace: shop, labels: {kubernetes.io/service-name: other}}, addressType: IPv4, ports: [], endpoints: []}',
  ];
  test.each([
    ['{addresses: [10.1.0.1]}', []],
    [
      '{slices: [{addressType: IPv6}, {ports: [{port: 80}], endpoints: [{hostname: null}, {conditions: {ready: false}}]}]}',
      [],
    ],
    ['{sliceLengths: [0, 2], hintsByZone: {a: 1, b: 1}, crossZoneHints: 1}', []],
    ['{addresses: [10.1.0.1, 10.1.0.2]}', ['addresses[1]: wanted 10.1.0.2, got nothing']],
    ['{sliceLengths: [2]}', ['sliceLengths: wanted nothing, got 0']],
    ['{hintsByZone: {a: 1}}', ['hintsByZone.b: wanted nothing, got 1']],
  ])('%s', (expectation, told) => {
    const text = `cluster: {controllers: false}\nmanifests:\n- ${[WEB, ...SLICES].join('\n- ')}\n`;
    const { results } = run(`${HEAD}${text}check: {endpointSlices: {service: shop/web}}\nexpect: ${expectation}\n`);
    expect(results).toMatchObject([{ ok: told.length === 0, errors: [] }]);
    expect(results[0]!.checks[0]!.differences.map(printDifference)).toEqual(told);
    expect(results[0]!.checks[0]!.why).toEqual(['the Service has no selector: its slices are made by hand']);
  });

  test('of a Service that is gone there are none; of one that never was, nothing can be said', () => {
    const ask = '- {check: {endpointSlices: {service: shop/web}}, expect: {sliceLengths: [], addresses: []}}\n';
    const web = WEB.replace('ports:', 'selector: {app: web}, ports:');
    const away = '- delete: [{kind: Service, namespace: shop, name: web}]\n';
    expect(run(`${HEAD}manifests: [${web}]\nsteps:\n${away}${ask}`).results).toMatchObject([{ ok: true }]);
    expect(run(`${HEAD}steps:\n${ask}`).results[0]!.checks).toMatchObject([
      { ok: false, error: 'there is no Service shop/web' },
    ]);
  });

  test('of a Service that is not in the input: those that bear its name', () => {
    const text = `manifests: [${SLICES[0]}]\ncheck: {endpointSlices: {service: shop/web}}\nexpect: {addresses: [10.1.0.1]}\n`;
    expect(run(HEAD + text).results).toMatchObject([{ ok: true }]);
  });
});

describe('a test that does not', () => {
  test.each([
    ['a wrong value', '{rcode: NXDOMAIN}', ['rcode: wanted NXDOMAIN, got NOERROR']],
    [
      'an answer too many',
      '{answers: []}',
      ['answers: wanted nothing, got {name: web.shop.svc.cluster.local., type: A, ttl: 30, data: 10.0.0.1}'],
    ],
    ['what only a resolver has', '{found: true}', ['found: wanted true, got nothing']],
    ['one of two', '{rcode: NOERROR, answers: [{ttl: 5}]}', ['answers[0].ttl: wanted 5, got 30']],
  ])('%s', (_, expectation, differences) => {
    const { results } = run(`${HEAD}manifests: [${WEB}]\nchecks:\n- ${ASK}\n  expect: ${expectation}\n`);
    expect(results).toMatchObject([{ ok: false, errors: [] }]);
    const lines = results[0]!.checks.flatMap(explainFailure);
    expect(lines[0]).toBe('dns web.shop.svc.cluster.local  (tests/a.yaml:6:3)');
    expect(lines.slice(1, -1).map((line) => line.trim())).toEqual(differences);
    expect(lines.at(-1)).toBe('  why       Service shop/web, by its cluster IP');
  });

  test('one failed check of several fails the test', () => {
    const { results } = run(
      `${HEAD}checks:\n- ${ASK}\n  expect: {rcode: NXDOMAIN}\n- ${ASK}\n  expect: {rcode: NOERROR}\n`,
    );
    expect(results).toMatchObject([{ ok: false, checks: [{ ok: true }, { ok: false }] }]);
  });

  test('a node port of another range is no error, and no number of a port is one', () => {
    const withPort = (port: number) =>
      run(
        `${HEAD}manifests:\n- ${WEB.replace('ports: [{port: 80}]', `type: NodePort, ports: [{port: 80, nodePort: ${port}}]`)}\nchecks:\n- ${ASK}\n  expect: {rcode: NOERROR}\n`,
      ).results[0]!;
    expect(withPort(3001)).toMatchObject({ ok: true });
    expect(
      withPort(70000)
        .errors.map(({ text }) => text)
        .join(),
    ).toMatch(/70000/);
  });

  test('a question that makes no sense', () => {
    const { results } = run(`${HEAD}checks:\n- check: {env: {pod: shop/none}}\n  expect: {exact: true}\n`);
    expect(results).toMatchObject([
      { ok: false, checks: [{ ok: false, error: expect.stringContaining('no Pod shop/none') }] },
    ]);
    expect(outcomeOf(results[0]!, new Map())).toBe('errors');
    expect(junitReport(results, new Map())).toMatch(/errors="1"[\s\S]*<error message=/);
  });
});

describe('a malformed file is an error, with its place', () => {
  test.each<[string, string, string[]]>([
    ['nothing in it', '', ['1:1 the file is empty']],
    ['another kind', 'apiVersion: v1\nkind: Service\n', ['2:7 kind: this is no Test, but "Service"']],
    ['a Scenario', 'apiVersion: svclab.dev/v1alpha1\nkind: Scenario\n', ['2:7 kind: this is no Test, but "Scenario"']],
    ['no checks', HEAD, ['1:1 this Test checks nothing']],
    ['steps that check nothing', `${HEAD}steps: [{wait: 1s}]\n`, ['1:1 this Test checks nothing']],
    [
      'an unknown field',
      `${HEAD}step: []\n`,
      ['1:1 this Test checks nothing', '4:1 step: there is no field "step" here'],
    ],
    ['an unknown check', `${HEAD}check: {dnss: {}}\nexpect: {a: 1}\n`, ['4:9 check.dnss: unknown check "dnss"']],
    [
      'two checks',
      `${HEAD}check: {dns: {}, env: {}}\nexpect: {a: 1}\n`,
      ['4:8 check: dns and env are two checks: make a step of each'],
    ],
    [
      'a check that is none',
      `${HEAD}checks: [{check: dns, expect: {a: 1}}]\n`,
      ['4:18 checks[0].check: there is no check here'],
    ],
    ['no expectation', `${HEAD}checks: [{${ASK}}]\n`, ['4:18 checks[0].expect: this dns check expects nothing']],
    ['an empty one', `${HEAD}${ASK}\nexpect: {}\n`, ['5:9 expect: this dns check expects nothing']],
    ['null', `${HEAD}${ASK}\nexpect:\n`, ['5:8 expect: this dns check expects nothing']],
    [
      'an unknown expectation',
      `${HEAD}${ASK}\nexpect: {rcod: X}\n`,
      ['5:10 expect.rcod: there is no field "rcod" here'],
    ],
    [
      '… deep inside',
      `${HEAD}${ASK}\nexpect: {answers: [{dat: X}]}\n`,
      ['5:21 expect.answers[0].dat: there is no field "dat" here'],
    ],
    [
      'an unknown field of a check',
      `${HEAD}check: {env: {pod: a/b, x: 1}}\nexpect: {exact: true}\n`,
      ['4:25 check.env.x: there is no field "x" here'],
    ],
    ['an unknown step', `${HEAD}steps: [{aply: []}]\n`, ['4:10 steps[0].aply: there is no field "aply" here']],
    ['two things in a step', `${HEAD}steps: [{wait: 1s, apply: []}]\n`, ['4:9 steps[0]: a step does one thing']],
    [
      'a check and more',
      `${HEAD}steps: [{${ASK}, expect: {a: 1}, wait: 1s}]\n`,
      ['4:90 steps[0].wait: there is no field "wait" here'],
    ],
    ['an empty apply', `${HEAD}steps: [{apply: []}]\n`, ['4:17 steps[0].apply: this list is empty']],
    ['a duration without unit', `${HEAD}steps: [{wait: 5}]\n`, ['4:16 steps[0].wait: 5 has no unit: write 5s or 5ms']],
    [
      'an unknown kind to delete',
      `${HEAD}steps: [{delete: [{kind: Pot, name: a}]}]\n`,
      ['4:26 steps[0].delete[0].kind: unknown kind "Pot"'],
    ],
    [
      'an unknown setting',
      `${HEAD}cluster: {dns: {tt: 5s}}\n${ASK}\nexpect: {rcode: X}\n`,
      ['4:17 cluster.dns.tt: there is no field "tt" here'],
    ],
    [
      'a bad setting',
      `${HEAD}cluster: {dataPlane: {mode: ebtables}}\n${ASK}\nexpect: {rcode: X}\n`,
      ['4:29 cluster.dataPlane.mode: this value is not possible here'],
    ],
    [
      'a missing file',
      `${HEAD}manifests: [no.yaml]\n${ASK}\nexpect: {rcode: X}\n`,
      ['4:13 manifests[0]: cannot read tests/no.yaml: there is no such file'],
    ],
    [
      'an object that is refused',
      `${HEAD}manifests:\n- ${WEB.replace('port: 80', 'port: 0')}\n${ASK}\nexpect: {rcode: X}\n`,
      ['5:118 spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    ],
    [
      'an object twice',
      `${HEAD}manifests:\n- ${WEB}\n- ${WEB}\n${ASK}\nexpect: {rcode: X}\n`,
      ['6:52 metadata.name: Service "web" is here twice'],
    ],
  ])('%s', (_, text, expected) => expect(errors(text)).toEqual(expected));

  test('something to delete that is not there', () => {
    const text = `${HEAD}steps:\n- delete: [{kind: Pod, name: a}]\n- ${ASK}\n  expect: {rcode: NXDOMAIN}\n`;
    expect(errors(text)).toEqual(['5:3 there is no Pod default/a to delete']);
  });

  test('it does not hide the others', () => {
    const good = `${HEAD}${ASK}\nexpect: {rcode: NXDOMAIN}\n`;
    const { results } = run(`${HEAD}---\n${good}---\n${good.replace('NXDOMAIN', 'NOERROR')}`);
    expect(results.map(({ ok }) => ok)).toEqual([false, true, false]);
    expect(tally(results, new Map())).toEqual({ passed: 1, failed: 1, errors: 1, disputed: 0 });
  });

  test('names of objects are read as kubectl reads them', () => {
    expect(errors(`${HEAD}steps: [{delete: [{kind: Pod, name: yes}]}]\n`)).toEqual([
      '4:37 steps[0].delete[0].name: this is true',
    ]);
  });
});

describe('reports', () => {
  const good = `${HEAD}${ASK}\nexpect: {rcode: NXDOMAIN}\n`;
  const bad = good.replace('name: t', 'name: "<bad> & \\"worse\\""').replace('NXDOMAIN', 'NOERROR');
  const { results } = run(`${good}---\n${bad}---\n${HEAD}`);
  const disputes = new Map([['<bad> & "worse"', 'upstream is wrong']]);

  test('JSON', () => {
    expect(jsonReport(results, new Map())).toMatchObject({
      version: 1,
      passed: 1,
      failed: 1,
      errors: 1,
      tests: [
        { file: 'tests/a.yaml', name: 't', ok: true, checks: [{ ok: true, error: null }] },
        {
          ok: false,
          checks: [
            { name: 'dns web.shop.svc.cluster.local', expected: { rcode: 'NOERROR' }, actual: { rcode: 'NXDOMAIN' } },
          ],
        },
        { ok: false, checks: [], error: expect.stringContaining('this Test checks nothing') },
      ],
    });
  });

  test('a disputed test is told as such and does not fail', () => {
    expect(results.map((result) => outcomeOf(result, disputes))).toEqual(['passed', 'disputed', 'errors']);
    expect(junitReport(results, disputes)).toContain('<skipped message="disputed: upstream is wrong"/>');
  });

  test('JUnit XML is well formed', () => {
    const xml = junitReport(results, new Map());
    expect(xml).toContain('tests="3" failures="1" errors="1" skipped="0"');
    expect(xml).toContain('name="&lt;bad&gt; &amp; &quot;worse&quot;"');
    expect(xml.match(/<testcase /g)).toHaveLength(3);
    const open: string[] = [];
    for (const [, closing, name, self] of xml.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
      if (closing) expect(open.pop()).toBe(name);
      else if (!self) open.push(name!);
    }
    expect(open).toEqual([]);
  });
});

describe('whatever the text', () => {
  const GOOD = `${HEAD}cluster: {dns: {ttl: 5s}, validation: true}\nmanifests:\n- ${WEB}\n- ${POD}\nsteps:\n- apply: [${WEB}]\n- wait: 1s\n- delete: [{kind: Pod, namespace: shop, name: p}]\n- ${ASK}\n  expect: {rcode: NOERROR, answers: [{data: 10.0.0.1}]}\n`;
  const words = fc.constantFrom(
    '{}',
    '[]',
    'null',
    '~',
    '1',
    'true',
    '"x"',
    '[null]',
    '{a: {b: []}}',
    '[[1]]',
    '- a',
    'Pod',
    '-1',
  );

  test('a value that is replaced gives a result, and an error has a place in the file', () => {
    const values = [...GOOD.matchAll(/(?<=[:,[] )[\w.{["]+/g)].map(({ 0: value, index }) => ({ value, index }));
    fc.assert(
      fc.property(fc.constantFrom(...values), words, ({ value, index }, word) => {
        const { results } = run(GOOD.slice(0, index) + word + GOOD.slice(index + value.length));
        expect(results.length).toBeGreaterThan(0);
        for (const result of results) {
          expect(result.internal).toBeNull();
          for (const { line, column } of result.errors) expect(Math.min(line, column)).toBeGreaterThan(0);
          if (!result.ok)
            expect(result.errors.length + result.checks.filter(({ ok }) => !ok).length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('a line that is left out never makes a test pass that checks nothing', () => {
    const lines = GOOD.split('\n');
    for (const i of lines.keys()) {
      const { results } = run(lines.toSpliced(i, 1).join('\n'));
      for (const result of results) if (result.ok) expect(result.checks.length).toBeGreaterThan(0);
    }
  });
});

describe('docs/tests.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/tests.md'), 'utf8');

  test.each(Object.keys(CHECKS))('tells of the check %s', (name) => expect(page).toContain(`| \`${name}\` |`));

  test('its example holds', () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(page)![1]!;
    expect(run(example).results).toMatchObject([{ ok: true, checks: [{}, {}, { name: 'a snapshot' }] }]);
  });
});
