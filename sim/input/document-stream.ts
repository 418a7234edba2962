/** A document of a YAML or JSON file, or one object of a List: what is read, and forgotten, on its own. */
export interface Piece {
  text: string;
  /** Of its first character, from 1. */
  line: number;
  column: number;
}

/** Nothing that people or kubectl write is longer, in characters. */
export const LONGEST = 32 * 2 ** 20;

/** What stands before `items:` in a List, as kubectl prints it. */
const LIST_HEAD = /^(\s*(#.*)?\n|apiVersion: v1\s*\n|kind: ["']?\w*List["']?\s*\n|metadata:.*\n|\s+\w+:.*\n)*$/;
const JSON_LIST =
  /^\s*\{(?:\s*"(?:apiVersion|kind)"\s*:\s*"[\w/.]*(?:List|v1)"\s*,|\s*"metadata"\s*:\s*\{[^{}]*\}\s*,)*\s*"items"\s*:\s*\[/;

/**
 * Cuts a file into its documents, and Lists into their objects, as the file comes in: so a dump of a large cluster is
 * never one text in memory. Lines that begin with `---` cut: nothing in a document can look so. A file with directives
 * or `...` is one piece.
 * @param chunks of the file, cut anywhere
 */
export function* pieces(chunks: Iterable<string>): Generator<Piece> {
  const source = new Source(chunks);
  if (source.looksLikeJSONList()) return yield* jsonItems(source);
  yield* documents(source);
}

/** The text that has come in and is not yet given out, with the place of its first character. */
class Source {
  text = '';
  line = 1;
  column = 1;
  readonly #chunks: Iterator<string>;
  #isOver = false;

  constructor(chunks: Iterable<string>) {
    this.#chunks = chunks[Symbol.iterator]();
    while (this.text.length < 4096 && this.more());
    if (this.text.startsWith('\uFEFF')) this.text = this.text.slice(1);
  }

  /** @returns false at the file's end */
  more(): boolean {
    if (this.#isOver) return false;
    const { done, value } = this.#chunks.next();
    if (done) this.#isOver = true;
    else this.text += value;
    return !this.#isOver;
  }

  looksLikeJSONList(): boolean {
    return JSON_LIST.test(this.text.slice(0, 4096));
  }

  /** Gives out the first `length` characters. */
  take(length: number): Piece {
    const piece = { text: this.text.slice(0, length), line: this.line, column: this.column };
    this.skip(length);
    return piece;
  }

  skip(length: number): void {
    const { text } = this;
    let last = -1;
    for (let at = text.indexOf('\n'); at >= 0 && at < length; at = text.indexOf('\n', at + 1)) {
      this.line++;
      last = at;
    }
    this.column = last < 0 ? this.column + length : length - last;
    this.text = text.slice(length);
  }
}

function* documents(source: Source): Generator<Piece> {
  let isFirst = true;
  let hasDirectives = false;
  // `from`: where a line begins that has not been looked at.
  let from = 0;
  let items: { indent: number } | undefined;
  for (;;) {
    let end = source.text.indexOf('\n', from);
    if (end < 0) {
      if (source.more()) continue;
      if (from >= source.text.length) break;
      end = source.text.length - 1;
    }
    const line = source.text.slice(from, Math.min(end + 1, from + 200));
    if (/^(%|\.\.\.)/.test(line) && !items) hasDirectives = true;
    const isMarker = /^---(\s|$)/.test(line) && !hasDirectives;
    if (isMarker && !isFirst) {
      yield withoutMarker(source.take(from), items);
      items = undefined;
      from = end + 1 - from;
      continue;
    }
    if (
      items === undefined &&
      !hasDirectives &&
      /^items:\s*$/.test(line) &&
      LIST_HEAD.test(headOf(source.text.slice(0, from)))
    ) {
      source.skip(end + 1);
      items = { indent: -1 };
      from = 0;
      isFirst = false;
      continue;
    }
    if (items !== undefined) {
      const dash = /^( *)- /.exec(line)?.[1]?.length ?? -1;
      if (items.indent < 0 && dash >= 0) items.indent = dash;
      const isContent = /^\s*[^\s#]/.test(line);
      if (dash === items.indent && from > 0) {
        yield withoutMarker(source.take(from), items);
        from = end + 1 - from;
        continue;
      }
      if (isContent && dash !== items.indent && line.search(/\S/) <= items.indent) {
        // What stands behind the items: the List's kind and metadata.
        if (from > 0) yield withoutMarker(source.take(from), items);
        skipTail(source);
        items = undefined;
        from = 0;
        continue;
      }
    }
    isFirst = false;
    from = end + 1;
    if (from > LONGEST) break;
  }
  if (source.text.length > 0) {
    while (source.text.length <= LONGEST && source.more());
    yield withoutMarker(source.take(source.text.length), items);
  }
}

/** Without the marker of the document. */
function headOf(text: string): string {
  return text.replace(/^---.*\n/, '');
}

/** To the next marker, or the file's end. */
function skipTail(source: Source): void {
  for (;;) {
    const marker = /^---(\s|$)/m.exec(source.text);
    if (marker !== null) return source.skip(marker.index);
    if (!source.more()) return source.skip(source.text.length);
  }
}

/** The marker, or the dash of an item, becomes blanks, so that columns stay. */
function withoutMarker(piece: Piece, items: { indent: number } | undefined): Piece {
  const { text } = piece;
  if (items !== undefined && items.indent >= 0) {
    const dash = text.search(/^ *- /m);
    if (dash < 0) return piece;
    const at = dash + items.indent;
    return { ...piece, text: `${text.slice(0, at)} ${text.slice(at + 1)}` };
  }
  const isBare = /^---\s*($|#)/.test(text.slice(0, text.indexOf('\n') + 1 || undefined));
  return isBare ? { ...piece, text: `   ${text.slice(3)}` } : piece;
}

/** The objects of `{"apiVersion": "v1", "items": [ … ], …}`. */
function* jsonItems(source: Source): Generator<Piece> {
  source.skip(JSON_LIST.exec(source.text)![0].length);
  for (;;) {
    const start = source.text.search(/[^\s,]/);
    if (start < 0) {
      if (!source.more()) return;
      continue;
    }
    source.skip(start);
    if (source.text[0] !== '{') return; // the list's end, and what stands behind it
    yield source.take(endOfObject(source));
  }
}

/** Length of the JSON object that `source` begins with; all of the text if it does not end. */
function endOfObject(source: Source): number {
  let depth = 0;
  let inString = false;
  for (let at = 0; ; at++) {
    while (at >= source.text.length) if (source.text.length > LONGEST || !source.more()) return source.text.length;
    const code = source.text.charCodeAt(at);
    if (inString) {
      if (code === 92) at++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) depth++;
    else if ((code === 125 || code === 93) && --depth === 0) return at + 1;
  }
}
