import { Composer, type Document, Lexer, Parser } from 'yaml';
import { warnOf } from './ambiguity.ts';
import { readBlockYaml } from './block-yaml.ts';
import type { Faults } from './faults.ts';
import type { Tree } from './tree.ts';
import { DEEPEST, OBJECT_NAMES, Places, Refused, TreeBuilder } from './yaml-tree.ts';

/** Of characters in one file. */
const LONGEST = 32 * 2 ** 20;

/**
 * Reads the documents of a YAML (or JSON) file into trees with places; empty documents are left out. Kubernetes objects
 * (a mapping with an `apiVersion` that is not svclab's, anywhere in the file) are read as kubectl reads them, the rest as
 * YAML 1.2; a scalar for which that makes a difference is a warning. Bad syntax, duplicate keys, unknown tags, and files
 * too large, too deep or with too many aliases are faults; then there are no trees.
 */
export function readYaml(file: string, text: string, faults: Faults): Tree[] {
  faults.opened(file);
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const places = new Places(file, body);
  const refuse = (offset: number, what: string): Tree[] => {
    faults.error(places.at(offset), [], what);
    return [];
  };
  if (body.length > LONGEST) return refuse(0, `the file is longer than ${LONGEST / 2 ** 20} MiB`);
  const control = body.search(/[\0-\x08\x0B\x0C\x0E-\x1F\x7F]/);
  if (control >= 0) {
    const code = body.charCodeAt(control).toString(16).padStart(4, '0').toUpperCase();
    return refuse(control, `the control character U+${code} is not allowed: is this a text file?`);
  }
  const before = faults.count;
  const trees: Tree[] = [];
  for (const piece of splitDocuments(body)) {
    const read = readPiece(file, piece, faults);
    if (read === null) return [];
    trees.push(...read);
  }
  return faults.count > before ? [] : trees;
}

/** A document, or several that only the library can tell apart. */
interface Piece {
  text: string;
  /** Of its first character, from 1. */
  line: number;
}

/**
 * At lines that begin with `---`: nothing in a document can look so. The marker itself becomes blanks. A file with
 * directives or `...` is one piece.
 */
function* splitDocuments(text: string): Generator<Piece> {
  if (/^(%|\.\.\.)/m.test(text)) return yield { text, line: 1 };
  let from = 0;
  let line = 1;
  for (const { index } of text.matchAll(/^---(?=[\s]|$)/gm)) {
    const before = text.slice(from, index);
    yield { text: blankMarker(before), line };
    for (const character of before) if (character === '\n') line++;
    from = index;
  }
  yield { text: blankMarker(text.slice(from)), line };
}

function blankMarker(text: string): string {
  return /^---\s*($|#)/m.test(text.slice(0, text.indexOf('\n') + 1 || undefined)) ? `   ${text.slice(3)}` : text;
}

/** By the fast reader, or where that gives up by the library. @returns null: nothing sensible can be read from here on */
function readPiece(file: string, { text, line }: Piece, faults: Faults): Tree[] | null {
  const isObjectNames = (key: string) => key === OBJECT_NAMES;
  const quick = readBlockYaml(text, file, { line, column: 1 }, isObjectNames, (ambiguity) => warnOf(ambiguity, faults));
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
