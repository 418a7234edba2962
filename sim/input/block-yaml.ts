/**
 * A fast reader of the YAML that people and kubectl write: block and flow collections, plain and quoted scalars (folded
 * over lines too), literal blocks, comments; JSON is part of it. It is some twenty times as fast as the library. Where a
 * document uses anything else (anchors, tags, merge keys, `? ` keys, folded blocks), or seems to be wrong, it gives up
 * and the library reads it: so there is one judge of what is right, and one voice that says what is wrong.
 */
import type { Ambiguity } from './ambiguity.ts';
import { readAsKubectl, readYaml12, type ScalarReader } from './scalars.ts';
import type { Entry, List, Mapping, Place, Scalar, Tree } from './tree.ts';

/** Not for this reader. */
class GiveUp extends Error {}

const DEEPEST = 100;
const SPACE = 32;
const NEWLINE = 10;
const HASH = 35;
const DASH = 45;
const COLON = 58;
const QUOTE = 34;
const APOSTROPHE = 39;
const COMMA = 44;

/** What a plain scalar must not begin with: indicators of what is left to the library. */
const FOREIGN = new Set([...'&*!%@`?'].map((c) => c.charCodeAt(0)));

/**
 * @param text one document, without markers
 * @param start its first line and column, from 1
 * @param isObjectNames of the mapping keys under which scalars are read as kubectl reads them
 * @returns null: it is for the library; undefined: the document is empty
 */
export function readBlockYaml(
  text: string,
  file: string,
  start: { line: number; column: number },
  isObjectNames: (key: string) => boolean,
  ambiguous: (ambiguity: Ambiguity) => void,
): Tree | null | undefined {
  const found: Ambiguity[] = [];
  try {
    const tree = new BlockReader(text, file, start, isObjectNames, found).document();
    for (const each of found) ambiguous(each);
    return tree;
  } catch (error) {
    if (error instanceof GiveUp) return null;
    throw error;
  }
}

class BlockReader {
  readonly #text: string;
  readonly #file: string;
  readonly #firstColumn: number;
  readonly #isObjectNames: (key: string) => boolean;
  readonly #ambiguities: Ambiguity[];
  #at = 0;
  #line: number;
  #lineStart = 0;
  #depth = 0;
  /** Lines within quotes and flows must be deeper than this. */
  #floor = -1;

  constructor(
    text: string,
    file: string,
    { line, column }: { line: number; column: number },
    isObjectNames: (key: string) => boolean,
    ambiguities: Ambiguity[],
  ) {
    this.#text = text;
    this.#file = file;
    this.#line = line;
    this.#firstColumn = column;
    this.#isObjectNames = isObjectNames;
    this.#ambiguities = ambiguities;
  }

  document(): Tree | undefined {
    if (!this.#toContent()) return undefined;
    const tree = this.#block(this.#indent(), -1, readYaml12);
    if (this.#toContent()) throw new GiveUp();
    return tree;
  }

  /** Goes to the next thing that is neither space, comment nor line break. @returns false at the end */
  #toContent(): boolean {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === SPACE) this.#at++;
      else if (code === NEWLINE) this.#newline();
      else if (code === 13 && text.charCodeAt(this.#at + 1) === NEWLINE) this.#at++;
      else if (code === HASH && this.#isAfterSpace()) this.#toLineEnd();
      else if (code === 9) throw new GiveUp();
      else return !Number.isNaN(code);
    }
  }

  #isAfterSpace(): boolean {
    return this.#at === this.#lineStart || this.#text.charCodeAt(this.#at - 1) === SPACE;
  }

  #newline(): void {
    this.#at++;
    this.#line++;
    this.#lineStart = this.#at;
  }

  #toLineEnd(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  /** Columns before the present one. */
  #indent(): number {
    return this.#at - this.#lineStart;
  }

  #place(): Place {
    const column = this.#at - this.#lineStart + (this.#lineStart === 0 ? this.#firstColumn : 1);
    return { file: this.#file, line: this.#line, column };
  }

  /** Where a value would stand in this line. */
  #afterSpaces(): Place {
    while (this.#text.charCodeAt(this.#at) === SPACE) this.#at++;
    return this.#place();
  }

  /**
   * A node that begins here.
   * @param indent of its first character
   * @param parent indentation of what holds it: lines that are not deeper end it
   */
  #block(indent: number, parent: number, reader: ScalarReader): Tree {
    if (++this.#depth > DEEPEST) throw new GiveUp();
    const code = this.#text.charCodeAt(this.#at);
    let tree: Tree;
    if (code === DASH && this.#isBreakOrSpace(this.#at + 1)) tree = this.#sequence(indent, reader);
    else if (code === 123 || code === 91) tree = this.#flow(parent, reader);
    else tree = this.#mappingOrScalar(indent, parent, reader);
    this.#depth--;
    return tree;
  }

  #isBreakOrSpace(at: number): boolean {
    const code = this.#text.charCodeAt(at);
    return code === SPACE || code === NEWLINE || code === 13 || Number.isNaN(code);
  }

  #sequence(indent: number, reader: ScalarReader): List {
    const place = this.#place();
    const items: Tree[] = [];
    do {
      this.#at++;
      const nothing = this.#afterSpaces();
      const line = this.#line;
      const more = this.#toContent();
      const deeper = this.#indent();
      if (!more || (this.#line > line && deeper <= indent)) {
        items.push({ type: 'scalar', place: nothing, value: null });
      } else items.push(this.#block(deeper, indent, reader));
    } while (
      this.#toContent() &&
      this.#indent() === indent &&
      this.#text.charCodeAt(this.#at) === DASH &&
      this.#isBreakOrSpace(this.#at + 1)
    );
    if (this.#at < this.#text.length && this.#indent() > indent) throw new GiveUp();
    return { type: 'list', place, items };
  }

  #mappingOrScalar(indent: number, parent: number, reader: ScalarReader): Tree {
    const key = this.#keyHere();
    return key === undefined ? this.#scalar(parent, reader) : this.#mapping(indent, reader, key);
  }

  /** The key of a `key: ` at this place; the position is behind the colon then, and unchanged where there is none. */
  #keyHere(): { name: string; place: Place } | undefined {
    const text = this.#text;
    const start = this.#at;
    const code = text.charCodeAt(start);
    if (FOREIGN.has(code)) throw new GiveUp();
    const place = this.#place();
    let name: string;
    let end: number;
    if (code === QUOTE || code === APOSTROPHE) {
      const line = this.#line;
      name = code === QUOTE ? this.#doubleQuoted() : this.#singleQuoted();
      end = this.#at;
      if (this.#line !== line) throw new GiveUp();
      while (text.charCodeAt(end) === SPACE) end++;
      if (text.charCodeAt(end) !== COLON || !this.#isBreakOrSpace(end + 1)) {
        this.#at = start;
        return undefined;
      }
    } else {
      end = this.#plainEnd(start, false);
      if (text.charCodeAt(end) !== COLON) return undefined;
      name = withoutTrailingBlanks(text.slice(start, end));
      if (name === '' || name === '<<' || !isText(name)) throw new GiveUp();
    }
    this.#at = end + 1;
    return { name, place };
  }

  #mapping(indent: number, reader: ScalarReader, first: { name: string; place: Place }): Mapping {
    const place = first.place;
    const entries = new Map<string, Entry>();
    const ambiguitiesBefore = this.#ambiguities.length;
    let own = reader;
    let key: { name: string; place: Place } | undefined = first;
    while (key !== undefined) {
      const { name } = key;
      if (entries.has(name)) throw new GiveUp();
      const value = this.#value(indent, this.#isObjectNames(name) ? readAsKubectl : own);
      entries.set(name, { keyPlace: key.place, value });
      if (name === 'apiVersion' && own !== readAsKubectl && saysKubernetes(value)) {
        // What came before was read by another rule.
        if (this.#ambiguities.length > ambiguitiesBefore) throw new GiveUp();
        own = readAsKubectl;
      }
      if (!this.#toContent() || this.#indent() < indent) break;
      if (this.#indent() > indent) throw new GiveUp();
      key = this.#keyHere();
      if (key === undefined) throw new GiveUp();
    }
    return { type: 'mapping', place, entries };
  }

  /** What stands behind `key:`. */
  #value(indent: number, reader: ScalarReader): Tree {
    const nothing = this.#afterSpaces();
    const line = this.#line;
    const more = this.#toContent();
    if (more && this.#line === line) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === DASH && this.#isBreakOrSpace(this.#at + 1)) throw new GiveUp();
      if (code === 123 || code === 91) return this.#flow(indent, reader);
      return this.#scalar(indent, reader);
    }
    const deeper = this.#indent();
    const isSequence = this.#text.charCodeAt(this.#at) === DASH && this.#isBreakOrSpace(this.#at + 1);
    if (!more || deeper < indent || (deeper === indent && !isSequence)) {
      return { type: 'scalar', place: nothing, value: null };
    }
    return this.#block(deeper, deeper === indent ? indent - 1 : indent, reader);
  }

  /** A scalar of a block; lines that are deeper than `parent` go on with it. */
  #scalar(parent: number, reader: ScalarReader): Scalar {
    const place = this.#place();
    this.#floor = parent;
    const code = this.#text.charCodeAt(this.#at);
    if (code === QUOTE) return this.#quoted(place, this.#doubleQuoted());
    if (code === APOSTROPHE) return this.#quoted(place, this.#singleQuoted());
    if (code === 124) return { type: 'scalar', place, value: this.#literal(parent) };
    if (code === 62 || FOREIGN.has(code)) throw new GiveUp();
    const source = this.#plain(parent);
    return { type: 'scalar', place, value: this.#read(source, reader, place) };
  }

  #quoted(place: Place, value: string): Scalar {
    this.#expectLineEnd();
    return { type: 'scalar', place, value };
  }

  /** Behind a scalar there is at most a comment. */
  #expectLineEnd(): void {
    const text = this.#text;
    while (text.charCodeAt(this.#at) === SPACE) this.#at++;
    const code = text.charCodeAt(this.#at);
    const isComment = code === HASH && this.#isAfterSpace();
    if (!Number.isNaN(code) && code !== NEWLINE && code !== 13 && !isComment) throw new GiveUp();
  }

  #plain(parent: number): string {
    const text = this.#text;
    const end = this.#plainEnd(this.#at, false);
    if (text.charCodeAt(end) === COLON) throw new GiveUp();
    let source = withoutTrailingBlanks(text.slice(this.#at, end));
    this.#at = end;
    if (text.charCodeAt(end) === HASH) return source;
    // Deeper lines go on with it: a line break becomes a space.
    for (;;) {
      const [at, line, lineStart] = [this.#at, this.#line, this.#lineStart];
      let breaks = 0;
      while (this.#at < text.length) {
        const code = text.charCodeAt(this.#at);
        if (code === NEWLINE) {
          breaks++;
          this.#newline();
        } else if (code === SPACE || code === 13) this.#at++;
        else break;
      }
      const goesOn = this.#at < text.length && breaks > 0 && this.#indent() > parent;
      const code = text.charCodeAt(this.#at);
      if (!goesOn || code === HASH) {
        [this.#at, this.#line, this.#lineStart] = [at, line, lineStart];
        return source;
      }
      const more = this.#plainEnd(this.#at, false);
      if (text.charCodeAt(more) === COLON || text.charCodeAt(more) === HASH || code === 9) throw new GiveUp();
      source += (breaks > 1 ? '\n'.repeat(breaks - 1) : ' ') + withoutTrailingBlanks(text.slice(this.#at, more));
      this.#at = more;
    }
  }

  /** Where a plain scalar that begins at `start` ends: at `: `, ` #`, the line's end, or in a flow at its punctuation. */
  #plainEnd(start: number, inFlow: boolean): number {
    const text = this.#text;
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at);
      if (Number.isNaN(code) || code === NEWLINE) return at;
      if (code === COLON && (this.#isBreakOrSpace(at + 1) || (inFlow && isFlowPunctuation(text.charCodeAt(at + 1)))))
        return at;
      if (code === HASH && at > start && text.charCodeAt(at - 1) === SPACE) return at;
      if (inFlow && isFlowPunctuation(code)) return at;
      if (code === 9) throw new GiveUp();
      if (code === 13) {
        if (text.charCodeAt(at + 1) === NEWLINE) return at;
        throw new GiveUp();
      }
    }
  }

  /** The value of a plain scalar, and a note where the two versions of YAML differ. */
  #read(source: string, reader: ScalarReader, place: Place): Scalar['value'] {
    if (isText(source)) return source;
    const value = reader(source);
    const other = reader === readAsKubectl ? readYaml12(source) : readAsKubectl(source);
    if (!Object.is(value, other)) this.#ambiguities.push({ place, source, value, other, reader });
    return value;
  }

  #singleQuoted(): string {
    const text = this.#text;
    let value = '';
    let from = ++this.#at;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (Number.isNaN(code)) throw new GiveUp();
      if (code === NEWLINE) {
        value = this.#fold(value + text.slice(from, this.#at));
        from = this.#at;
      } else if (code !== APOSTROPHE) this.#at++;
      else if (text.charCodeAt(this.#at + 1) === APOSTROPHE) {
        value += text.slice(from, this.#at + 1);
        this.#at += 2;
        from = this.#at;
      } else {
        value += text.slice(from, this.#at);
        this.#at++;
        return value;
      }
    }
  }

  #doubleQuoted(): string {
    const text = this.#text;
    let value = '';
    let from = ++this.#at;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (Number.isNaN(code)) throw new GiveUp();
      if (code === NEWLINE) {
        value = this.#fold(value + text.slice(from, this.#at));
        from = this.#at;
      } else if (code === 92) {
        value += text.slice(from, this.#at) + this.#escape();
        from = this.#at;
      } else if (code === QUOTE) {
        value += text.slice(from, this.#at);
        this.#at++;
        return value;
      } else this.#at++;
    }
  }

  /** At a line break within quotes: it and the space around it become a space, further breaks stay. */
  #fold(before: string): string {
    const text = this.#text;
    let breaks = 0;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === NEWLINE) {
        breaks++;
        this.#newline();
      } else if (code === SPACE || code === 13) this.#at++;
      else break;
    }
    if (this.#indent() <= this.#floor) throw new GiveUp();
    return before.replace(/[ \r]+$/, '') + (breaks > 1 ? '\n'.repeat(breaks - 1) : ' ');
  }

  #escape(): string {
    const text = this.#text;
    const letter = text[this.#at + 1];
    if (letter === undefined) throw new GiveUp();
    if (letter === '\n') {
      this.#at++;
      this.#newline();
      while (text.charCodeAt(this.#at) === SPACE) this.#at++;
      if (this.#indent() <= this.#floor) throw new GiveUp();
      return '';
    }
    const digits = HEX[letter];
    if (digits !== undefined) {
      const hex = text.slice(this.#at + 2, this.#at + 2 + digits);
      if (hex.length < digits || !/^[\da-fA-F]+$/.test(hex)) throw new GiveUp();
      this.#at += 2 + digits;
      return String.fromCodePoint(Number.parseInt(hex, 16));
    }
    const plain = ESCAPES[letter];
    if (plain === undefined) throw new GiveUp();
    this.#at += 2;
    return plain;
  }

  /** A `|` block: its lines as they are. */
  #literal(parent: number): string {
    const text = this.#text;
    const end = text.indexOf('\n', this.#at);
    const header = /^\|([-+]?)[ \r]*$/.exec(text.slice(this.#at, end < 0 ? undefined : end));
    if (header === null) throw new GiveUp();
    this.#toLineEnd();
    if (this.#at < text.length) this.#newline();
    const lines: string[] = [];
    let indent = -1;
    while (this.#at < text.length) {
      let to = text.indexOf('\n', this.#at);
      if (to < 0) to = text.length;
      const line = text.slice(this.#at, text.charCodeAt(to - 1) === 13 ? to - 1 : to);
      const width = line.length - line.replace(/^[ \t\r]+/, '').length;
      const isBlank = width === line.length;
      if (!isBlank && indent < 0) {
        if (width <= parent) break;
        // Blank lines before the first that are longer than its indentation are an error: the library's.
        if (line[0] === '\t' || lines.some((each) => each.length > width)) throw new GiveUp();
        indent = width;
      }
      if (!isBlank && width < indent) break;
      if (isBlank && indent >= 0 && width > indent) throw new GiveUp();
      lines.push(isBlank ? line : line.slice(indent));
      this.#at = to;
      if (to < text.length) this.#newline();
    }
    return chomp(
      lines.map((line) => (/^[ \t\r]*$/.test(line) ? '' : line)),
      header[1]!,
    );
  }

  /** A flow collection, over lines too. */
  #flow(parent: number, reader: ScalarReader): Tree {
    this.#floor = parent;
    const tree = this.#flowNode(reader);
    this.#expectLineEnd();
    return tree;
  }

  #flowNode(reader: ScalarReader): Tree {
    if (++this.#depth > DEEPEST) throw new GiveUp();
    const code = this.#text.charCodeAt(this.#at);
    const tree =
      code === 123 ? this.#flowMapping(reader) : code === 91 ? this.#flowList(reader) : this.#flowScalar(reader);
    this.#depth--;
    return tree;
  }

  #flowContent(): number {
    const line = this.#line;
    if (!this.#toContent() || (this.#line > line && this.#indent() <= this.#floor)) throw new GiveUp();
    return this.#text.charCodeAt(this.#at);
  }

  #flowList(reader: ScalarReader): List {
    const place = this.#place();
    const items: Tree[] = [];
    this.#at++;
    for (let code = this.#flowContent(); code !== 93; code = this.#flowContent()) {
      if (code === COMMA || code === COLON) throw new GiveUp();
      items.push(this.#flowNode(reader));
      const next = this.#flowContent();
      if (next === COMMA) this.#at++;
      else if (next !== 93) throw new GiveUp(); // `[a: b]` too
    }
    this.#at++;
    return { type: 'list', place, items };
  }

  #flowMapping(reader: ScalarReader): Mapping {
    const place = this.#place();
    const entries = new Map<string, Entry>();
    const ambiguitiesBefore = this.#ambiguities.length;
    let own = reader;
    this.#at++;
    for (let code = this.#flowContent(); code !== 125; code = this.#flowContent()) {
      const keyPlace = this.#place();
      const name = this.#flowKey(code);
      if (entries.has(name)) throw new GiveUp();
      const value = this.#flowValue(keyPlace, this.#isObjectNames(name) ? readAsKubectl : own);
      entries.set(name, { keyPlace, value });
      if (name === 'apiVersion' && own !== readAsKubectl && saysKubernetes(value)) {
        if (this.#ambiguities.length > ambiguitiesBefore) throw new GiveUp();
        own = readAsKubectl;
      }
      const next = this.#flowContent();
      if (next === COMMA) this.#at++;
      else if (next !== 125) throw new GiveUp();
    }
    this.#at++;
    return { type: 'mapping', place, entries };
  }

  #flowKey(code: number): string {
    if (code === QUOTE || code === APOSTROPHE) {
      const line = this.#line;
      const name = code === QUOTE ? this.#doubleQuoted() : this.#singleQuoted();
      if (this.#line !== line) throw new GiveUp();
      return name;
    }
    if (FOREIGN.has(code) || isFlowPunctuation(code) || code === COLON || code === HASH || code === DASH)
      throw new GiveUp();
    const end = this.#plainEnd(this.#at, true);
    const name = withoutTrailingBlanks(this.#text.slice(this.#at, end));
    if (name === '' || name === '<<' || !isText(name)) throw new GiveUp();
    this.#at = end;
    return name;
  }

  #flowValue(keyPlace: Place, reader: ScalarReader): Tree {
    const code = this.#flowContent();
    if (code === COMMA || code === 125) return { type: 'scalar', place: keyPlace, value: null };
    if (code !== COLON) throw new GiveUp();
    this.#at++;
    const next = this.#flowContent();
    if (next === COMMA || next === 125) return { type: 'scalar', place: keyPlace, value: null };
    return this.#flowNode(reader);
  }

  #flowScalar(reader: ScalarReader): Scalar {
    const place = this.#place();
    const code = this.#text.charCodeAt(this.#at);
    if (code === QUOTE) return { type: 'scalar', place, value: this.#doubleQuoted() };
    if (code === APOSTROPHE) return { type: 'scalar', place, value: this.#singleQuoted() };
    if (FOREIGN.has(code) || code === 124 || code === 62 || code === HASH) throw new GiveUp();
    const end = this.#plainEnd(this.#at, true);
    if (this.#text.charCodeAt(end) === COLON) throw new GiveUp();
    const source = withoutTrailingBlanks(this.#text.slice(this.#at, end));
    if (source === '' || (source[0] === '-' && source.length === 1)) throw new GiveUp();
    this.#at = end;
    const value = this.#read(source, reader, place);
    const next = this.#flowContent();
    // A plain scalar that goes on in the next line.
    if (!isFlowPunctuation(next)) throw new GiveUp();
    return { type: 'scalar', place, value };
  }
}

const HEX: Record<string, number> = { x: 2, u: 4, U: 8 };
const ESCAPES: Record<string, string> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
};

function isFlowPunctuation(code: number): boolean {
  return code === COMMA || code === 91 || code === 93 || code === 123 || code === 125;
}

/** Is the source surely a text under both versions? Most are: a letter first, and no word that means something. */
function isText(source: string): boolean {
  const code = source.charCodeAt(0);
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 47;
  return isLetter && (source.length > 5 || !WORDS.has(source.toLowerCase()));
}

const WORDS = new Set(['null', 'true', 'false', 'y', 'n', 'yes', 'no', 'on', 'off']);

/** What YAML takes for blank: `trimEnd` would take no-break spaces and line separators as well, which are text. */
function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  for (; end > 0; end--) {
    const code = text.charCodeAt(end - 1);
    if (code !== 32 && code !== 9 && code !== 13) break;
  }
  return end === text.length ? text : text.slice(0, end);
}

function saysKubernetes({ type, ...rest }: Tree): boolean {
  const { value } = rest as Scalar;
  return type === 'scalar' && typeof value === 'string' && !value.startsWith('svclab.dev/');
}

/** Line breaks at a literal's end: one stays (clip), none (`-`), or all (`+`). */
function chomp(lines: readonly string[], how: string): string {
  const text = lines.join('\n');
  if (how === '+') return lines.length === 0 ? '' : `${text}\n`;
  const trimmed = text.replace(/\n+$/, '');
  return how === '-' || trimmed === '' ? trimmed : `${trimmed}\n`;
}
