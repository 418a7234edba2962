import { Composer, type Document, Lexer, Parser } from 'yaml';
import { type Ambiguity, warnOf } from './ambiguity.ts';
import { readBlockYaml } from './block-yaml.ts';
import { LONGEST, type Piece, pieces } from './document-stream.ts';
import type { Faults } from './faults.ts';
import type { Tree } from './tree.ts';
import { DEEPEST, OBJECT_NAMES, Places, Refused, TreeBuilder } from './yaml-tree.ts';

/**
 * Reads the documents of a YAML (or JSON) file into trees with places; empty documents are left out, the objects of a
 * List come one by one. Kubernetes objects (a mapping with an `apiVersion` that is not svclab's, anywhere in the file) are
 * read as kubectl reads them, the rest as YAML 1.2; a scalar for which that makes a difference is a warning. Bad syntax,
 * duplicate keys, unknown tags, and documents too large, too deep or with too many aliases are faults.
 * @param chunks of the file, cut anywhere
 */
export function* readDocuments(file: string, chunks: Iterable<string>, faults: Faults): Generator<Tree> {
  faults.opened(file);
  for (const piece of pieces(chunks)) {
    if (isRefused(file, piece, faults)) return;
    const trees = readPiece(file, piece, faults);
    if (trees === null) return;
    yield* trees;
  }
}

/** The documents of a file that is one text. If it has a fault there are none. */
export function readYaml(file: string, text: string, faults: Faults): Tree[] {
  const before = faults.count;
  const trees = [...readDocuments(file, [text], faults)];
  return faults.count > before ? [] : trees;
}

function isRefused(file: string, { text, line }: Piece, faults: Faults): boolean {
  const refuse = (offset: number, what: string) => {
    faults.error(new Places(file, text, line).at(offset), [], what);
    return true;
  };
  if (text.length > LONGEST) return refuse(0, `the document is longer than ${LONGEST / 2 ** 20} MiB`);
  const control = text.search(/[\0-\x08\x0B\x0C\x0E-\x1F\x7F]/);
  if (control < 0) return false;
  const code = text.charCodeAt(control).toString(16).padStart(4, '0').toUpperCase();
  return refuse(control, `the control character U+${code} is not allowed: is this a text file?`);
}

/** By the fast reader, or where that gives up by the library. @returns null: nothing sensible can be read from here on */
function readPiece(file: string, { text, line, column }: Piece, faults: Faults): Tree[] | null {
  const isObjectNames = (key: string) => key === OBJECT_NAMES;
  const isOne = !/^(%|\.\.\.)/m.test(text);
  const warn = (ambiguity: Ambiguity) => warnOf(ambiguity, faults);
  const quick = isOne ? readBlockYaml(text, file, { line, column }, isObjectNames, warn) : null;
  if (quick !== null) return quick === undefined ? [] : [quick];
  const places = new Places(file, text, line);
  try {
    const trees: Tree[] = [];
    for (const document of composeDocuments(text)) {
      const tree = new TreeBuilder(places, faults).document(document);
      if (tree !== undefined) trees.push(tree);
    }
    return trees;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    faults.error(places.at(error.offset), [], error.message);
    return null;
  }
}

/** The parser is fed token by token, so that deep nesting is seen before the composer recurses into it. */
function composeDocuments(text: string): Document.Parsed[] {
  const parser = new Parser();
  const tokens = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > 2 * DEEPEST + 4) throw new Refused(parser.offset, `nested deeper than ${DEEPEST} levels`);
  }
  for (const token of parser.end()) tokens.push(token);
  // keys are compared in `TreeBuilder`: the composer's own comparison is quadratic
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  return [...composer.compose(tokens, false, text.length)] as Document.Parsed[];
}
