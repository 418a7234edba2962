import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Composer, Lexer, Parser } from 'yaml';
import type { Ambiguity } from './ambiguity.ts';
import { readBlockYaml } from './block-yaml.ts';
import { Faults } from './faults.ts';
import type { Tree } from './tree.ts';
import { Places, Refused, TreeBuilder } from './yaml-tree.ts';

/** What the library makes of one document; null where it finds fault. */
function judge(text: string): { tree: Tree | undefined; warnings: string[] } | null {
  const faults = new Faults();
  const parser = new Parser();
  const tokens = [...new Lexer().lex(text)].flatMap((lexeme) => [...parser.next(lexeme)]);
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents = [...composer.compose([...tokens, ...parser.end()], false, text.length)];
  if (documents.length > 1) return null;
  try {
    const builder = new TreeBuilder(new Places('f.yaml', text), faults);
    const tree = documents[0] === undefined ? undefined : builder.document(documents[0] as never);
    return faults.count > 0 ? null : { tree, warnings: faults.warnings.map(({ line, text }) => `${line} ${text}`) };
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** Where nothing stands, its place is anybody's. Entries of a mapping are compared in their order. */
function placeless(_: string, value: unknown): unknown {
  if (value instanceof Map) return [...value];
  const node = value as { type?: string; value?: unknown } | null;
  return node?.type === 'scalar' && node.value === null ? { type: 'scalar', value: null } : value;
}

/** Where the fast reader has an answer, it is the library's: the same values at the same places. */
function agrees(text: string): 'agreed' | 'gave up' {
  const found: Ambiguity[] = [];
  const tree = readBlockYaml(
    text,
    'f.yaml',
    { line: 1, column: 1 },
    (key) => key === 'delete',
    (each) => found.push(each),
  );
  if (tree === null) return 'gave up';
  const wanted = judge(text);
  expect(wanted, `the library finds fault with ${JSON.stringify(text)}`).not.toBeNull();
  expect(JSON.stringify(tree, placeless), text).toBe(JSON.stringify(wanted!.tree, placeless));
  expect(found.length, text).toBe(wanted!.warnings.length);
  return 'agreed';
}

const scalars = [
  ...[
    'a',
    'web',
    '"q: #"',
    "'it''s'",
    'a b',
    '010',
    'yes',
    '~',
    '1.5',
    'x:y',
    'a#b',
    '-1',
    '500m',
    '80',
    'null',
    '"\\u00e9\\n"',
  ],
  ...[
    'https://x.y/z',
    '"a\\\n  b"',
    "'a\n\n    b'",
    'a\n    b',
    '{}',
    '[]',
    '[1, two, "three"]',
    '{a: 1, b: [x, {c: d}]}',
    '|\n    x\n     y\n',
  ],
];

/** Lines of a document, indented at random: most are well formed, some are not. */
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('a', 'b', 'apiVersion', 'kind', 'delete', '"k"'), fc.constantFrom(...scalars, ''))
      .map(([key, value]) => `${key}: ${value}`),
  },
  { weight: 3, arbitrary: fc.constantFrom(...scalars, 'a:', 'b: 1', '- x', '').map((value) => `- ${value}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '# note',
      '',
      'word',
      'k:v',
      'a: b: c',
      'x: &y 1',
      '? z',
      '- - 1',
      'apiVersion: v1',
      '  ',
      'a: b # c',
    ),
  },
);
const documentText = fc
  .array(fc.tuple(fc.constantFrom(0, 0, 0, 2, 2, 4, 6), line), { maxLength: 12 })
  .map((lines) => lines.map(([indent, text]) => `${' '.repeat(indent)}${text}\n`).join(''));

test('what it reads, the library reads the same', () => {
  let agreed = 0;
  fc.assert(
    fc.property(documentText, (text) => {
      if (agrees(text) === 'agreed') agreed++;
    }),
    { numRuns: 4000 },
  );
  expect(agreed).toBeGreaterThan(400);
});

const json = fc.json({ maxDepth: 4 });
test('JSON', () => {
  fc.assert(
    fc.property(json, fc.boolean(), (text, pretty) => {
      agrees(pretty ? JSON.stringify(JSON.parse(text), null, 2) : text);
    }),
    { numRuns: 1000 },
  );
});

/** What kubectl prints and people write must not be left to the slow way. */
test.each([
  [
    'a manifest',
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: x\n  labels: {app: x}\nspec:\n  ports:\n  - name: http\n    port: 80\n  selector:\n    app: x # mine\n',
  ],
  ['a folded text', 'message: The node was low on resource\n  memory, and so on\nnext: "a\n  b"\n'],
  ['a script', 'data:\n  run.sh: |\n    #!/bin/sh\n    if true; then\n      echo "a: b"\n    fi\n  other: |-\n    x\n'],
  ['sequences in all ways', 'a:\n- 1\n- - x\n  - y\n-\n  k: v\nb:\n  - {c: d}\n  - e: f\n    g: h\n'],
  ['a flow over lines', '{a: 1,\n b: [x,\n  y], # note\n c: "d"}\n'],
  ['returns of Windows', 'a: 1\r\nb:\r\n  - x\r\n'],
  ['nothing', '# only a note\n\n'],
])('%s is read the fast way', (_, text) => expect(agrees(text)).toBe('agreed'));

test.each([
  'a: &x 1\nb: *x\n',
  'a: !!str 1\n',
  '<<: {a: 1}\n',
  'a: >\n  x\n',
  '? a\n: b\n',
  'a: 1\na: 2\n',
  'a:\n\tb: 1\n',
  'a: "x\n',
  'a: [1\n',
  'yes: 1\n',
])('%j is left to the library', (text) => expect(agrees(text)).toBe('gave up'));

test.each(['\u00a0', 'a\u2028', 'a\ufeff', '\u3000b', 'a \u00a0 '])('blanks of other scripts are text: %j', (text) => {
  agrees(`data:\n  b: |\n    ${text}\n    x\n  ${text}c: d\n`);
  expect(agrees(`data:\n  a: ${text}\n`)).toBe('agreed');
});
