import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pieces } from './document-stream.ts';
import { Faults } from './faults.ts';
import { type Tree, textAt } from './tree.ts';
import { readDocuments } from './yaml.ts';

function read(chunks: Iterable<string>) {
  const faults = new Faults();
  const trees = [...readDocuments('f.yaml', chunks, faults)];
  return { trees, faults: [...faults.errors, ...faults.warnings] };
}
const names = (trees: readonly Tree[]) => trees.map((tree) => textAt(tree, 'metadata', 'name') ?? '?');
const places = (trees: readonly Tree[]) => trees.map(({ place }) => `${place.line}:${place.column}`);

const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  annotations:\n    note: |\n      - not an item\n      ---x\n`;
const item = (name: string, indent: string) =>
  pod(name)
    .trimEnd()
    .split('\n')
    .map((line, i) => `${indent}${i === 0 ? '- ' : '  '}${line}\n`)
    .join('');
const list = (indent: string) =>
  `apiVersion: v1\nitems:\n${item('a', indent)}${item('b', indent)}kind: List\nmetadata:\n  resourceVersion: ""\n`;

describe('a List comes object by object', () => {
  test.each([
    ['as kubectl prints it', list('')],
    ['indented', list('  ')],
    ['with its kind first', `apiVersion: v1\nkind: List\nmetadata: {}\nitems:\n${item('a', '')}${item('b', '')}`],
    ['among other documents', `---\n${list('')}---\n${pod('c')}`],
    [
      'as JSON',
      JSON.stringify(
        {
          apiVersion: 'v1',
          items: ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, x: '}]"{' } })),
          kind: 'List',
        },
        null,
        4,
      ),
    ],
  ])('%s', (_, text) => {
    const { trees, faults } = read([text]);
    expect(names(trees).slice(0, 2)).toEqual(['a', 'b']);
    expect(faults).toEqual([]);
    expect([...pieces([text])].length).toBeGreaterThanOrEqual(2);
  });

  test('at its place', () => {
    expect(places(read([list('  ')]).trees)).toEqual(['3:5', '11:5']);
    expect(places(read(['{"apiVersion": "v1", "items": [{"a": 1},\n  {"b": 2}]}']).trees)).toEqual(['1:32', '2:3']);
  });

  test('but not where something else has items', () => {
    const { trees } = read(['kind: Scenario\nitems:\n- a\n- b\n']);
    expect(trees.length).toBe(1);
  });
});

test('wherever a file is cut into chunks, the trees are the same', () => {
  const text = [pod('x'), list('  '), pod('z'), '# nothing\n', '{a: [1,\n 2]}\n'].join('---\n');
  const whole = read([text]);
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(text.length)), (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), text.length];
      const chunks = ends.map((end, i) => text.slice(i === 0 ? 0 : ends[i - 1], end));
      expect(read(chunks)).toEqual(whole);
    }),
  );
  expect(names(whole.trees)).toEqual(['x', 'a', 'b', 'z', '?']);
});
