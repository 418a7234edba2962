import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Faults } from './faults.ts';
import { formatMessage } from './input-error.ts';
import { keyPlaceOf, placeOf, type Tree, toValue } from './tree.ts';
import { readYaml } from './yaml.ts';

function read(text: string) {
  const faults = new Faults();
  const trees = readYaml('f.yaml', text, faults);
  return {
    trees,
    values: trees.map(toValue),
    errors: faults.errors.map(formatMessage),
    warnings: faults.warnings.map(formatMessage),
  };
}

const at = ({ line, column }: Tree['place']) => `${line}:${column}`;

describe('places', () => {
  const text = 'a: 1\nb:\n  - x\n  - {c: "two", d: [3]}\n---\n\n# a comment\ne: |\n  text\n';
  test.each([
    [0, ['a'], '1:1', '1:4'],
    [0, ['b'], '2:1', '3:3'],
    [0, ['b', 0], '3:5', '3:5'],
    [0, ['b', 1, 'c'], '4:6', '4:9'],
    [0, ['b', 1, 'd', 0], '4:20', '4:20'],
    [1, ['e'], '8:1', '8:4'],
    [0, ['b', 7, 'x'], '3:3', '3:3'], // not there: the deepest part that is
  ])('document %d, %j', (document, path, key, value) => {
    const tree = read(text).trees[document]!;
    expect([at(keyPlaceOf(tree, path)), at(placeOf(tree, path))]).toEqual([key, value]);
  });

  test('a byte order mark does not count, nor do the returns of Windows', () => {
    const { trees, values } = read('\uFEFFa: 1\r\nb: 2\r\n');
    expect(values).toEqual([{ a: 1, b: 2 }]);
    expect([at(placeOf(trees[0]!, ['a'])), at(placeOf(trees[0]!, ['b']))]).toEqual(['1:4', '2:4']);
  });
});

describe('scalars', () => {
  const cases: [string, unknown, unknown][] = [
    // text, as YAML 1.2, as kubectl
    ['no', 'no', false],
    ['On', 'On', true],
    ['y', 'y', true],
    ['010', 10, 8],
    ['-010', -10, -8],
    ['0b11', '0b11', 3],
    ['1_000', '1_000', 1000],
    ['0o10', 8, 8],
    ['0x1F', 31, 31],
    ['1e3', 1000, 1000],
    ['.5', 0.5, 0.5],
    ['+1', 1, 1],
    ['-.inf', Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ['~', null, null],
    ['TRUE', true, true],
    ['yES', 'yES', 'yES'],
    ['12:30', '12:30', '12:30'],
    ['2026-01-01', '2026-01-01', '2026-01-01'],
    ['1.2.3', '1.2.3', '1.2.3'],
    ['_', '_', '_'],
    ['"no"', 'no', 'no'],
    ['!!str 010', '010', '010'],
  ];
  test.each(cases)('%s', (text, ours, kubectls) => {
    const own = read(`apiVersion: svclab.dev/v1\nkind: X\nv: ${text}\n`);
    const kubernetes = read(`apiVersion: v1\nkind: X\nv: ${text}\n`);
    expect(own.values[0]).toMatchObject({ v: ours });
    expect(kubernetes.values[0]).toMatchObject({ v: kubectls });
    const differs = !Object.is(ours, kubectls);
    expect([own.warnings.length, kubernetes.warnings.length]).toEqual(differs ? [1, 1] : [0, 0]);
  });

  test('an object inline in a kind of ours is read as kubectl reads it, the rest as YAML 1.2', () => {
    const { values, warnings } = read(
      'apiVersion: svclab.dev/v1\na: off\nmanifests:\n- {apiVersion: v1, kind: Pod, on: off}\n',
    );
    expect(values).toEqual([
      { apiVersion: 'svclab.dev/v1', a: 'off', manifests: [{ apiVersion: 'v1', kind: 'Pod', true: false }] },
    ]);
    expect(warnings).toEqual([
      'f.yaml:2:4: off is read as YAML 1.2: the text "off", not false\n  fix       write "off" in quotes if the text is meant',
      'f.yaml:4:31: on is read as kubectl does (YAML 1.1): true, not the text "on"\n  fix       write "on" in quotes if the text is meant',
      'f.yaml:4:35: off is read as kubectl does (YAML 1.1): false, not the text "off"\n  fix       write "off" in quotes if the text is meant',
    ]);
  });

  test('plain scalars of YAML 1.2 are what the parser’s own core schema says', () => {
    const text = fc.stringMatching(/^[-+.]?[0-9a-fA-FoxeE.inftrulsyTRN~]{1,8}$/);
    fc.assert(
      fc.property(text, (scalar) => {
        const expected = parse(`- ${scalar}`, { schema: 'core' });
        expect(read(`- ${scalar}`).values[0]).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

test('JSON, anchors and merge keys', () => {
  expect(read('{"a": [1, null, true, "x"]}').values).toEqual([{ a: [1, null, true, 'x'] }]);
  expect(read('a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a, *a]\n').values).toEqual([
    {
      a: { x: 1, y: 2 },
      b: { y: 3, x: 1 },
      c: [
        { x: 1, y: 2 },
        { x: 1, y: 2 },
      ],
    },
  ]);
});

test('empty documents are left out', () => {
  expect(read('---\n---\na: 1\n---\n# nothing\n...\n').values).toEqual([{ a: 1 }]);
  expect(read('').values).toEqual([]);
});

const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]\n`).join('')}`;
const ladder = `a0: &a0 [x]\n${Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]\n`).join('')}`;

test.each([
  ['a duplicate key', 'a: 1\nb: 2\na: 3\n', 'f.yaml:3:1: the key "a" is here twice\n  fix       it is also in line 1'],
  ['a tab', 'a:\n\tb: 1\n', 'f.yaml:2:1: a tab is not allowed as indentation: use spaces'],
  ['a NUL byte', 'a: x\0y\n', 'f.yaml:1:5: the control character U+0000 is not allowed: is this a text file?'],
  [
    'an unclosed bracket',
    'a: [1, 2\n',
    'f.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['an unknown alias', 'a: *b\n', 'f.yaml:1:4: the alias *b has no anchor &b before it'],
  ['an alias of itself', 'a: &a [*a]\n', 'f.yaml:1:8: the alias *a has no anchor &a before it'],
  ['an unknown tag', 'a: !js x\n', 'f.yaml:1:4: Unresolved tag: !js'],
  ['an alias bomb', bomb, 'f.yaml:6:45: more than 1000000 values (aliases written out)'],
  ['a ladder of aliases', ladder, 'f.yaml:100:12: nested deeper than 100 levels'],
  ['deep flow nesting', '['.repeat(1e6), 'f.yaml:1:205: nested deeper than 100 levels'],
  ['deep block nesting', '- '.repeat(1e5), 'f.yaml:1:408: nested deeper than 100 levels'],
  ['a mapping as key', '{a: 1}: 2\n', 'f.yaml:1:1: a key must be a plain word or a string'],
])('%s', (_, text, message) => {
  const { trees, errors } = read(text);
  expect(errors[0]).toBe(message);
  expect(trees).toEqual([]);
});

test('whatever the text, there are trees or faults with a place in the file', () => {
  const token = fc.constantFrom(
    ...'- |: |\n|  |\t|{|}|[|]|,|"|\'|&a |*a |? |#|a|1|!t |---\n|<<: |> |%'.split('|'),
    '|\n',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
      const text = tokens.join('');
      const faults = new Faults();
      const trees = readYaml('f.yaml', text, faults);
      if (faults.errors.length > 0) expect(trees).toEqual([]);
      const lines = text.split('\n');
      for (const { line, column } of [...faults.errors, ...faults.warnings]) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
      }
    }),
    { numRuns: 3000 },
  );
});
