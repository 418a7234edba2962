import {
  type Alias,
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';
import { warnOf } from './ambiguity.ts';
import type { Faults } from './faults.ts';
import { readAsKubectl, readYaml12, type ScalarReader } from './scalars.ts';
import type { Entry, Mapping, Place, Scalar, Tree } from './tree.ts';

/** Deeper nesting is refused: nobody writes it, and a stack is finite. */
export const DEEPEST = 100;
/** Of values in one document once its aliases are written out. */
const MOST_VALUES = 1_000_000;
/** The field of a Test that names Kubernetes objects without being one: read as kubectl reads objects. */
export const OBJECT_NAMES = 'delete';
/** Syntax faults told of one document: the rest usually follows from the first. */
const MOST_SYNTAX_FAULTS = 10;

/** Nothing sensible can be read from here on. */
export class Refused extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** Line and column of an offset, both from 1. */
export class Places {
  readonly #file: string;
  readonly #starts = [0];
  readonly #firstLine: number;

  /** @param firstLine of the text, from 1 */
  constructor(file: string, text: string, firstLine = 1) {
    this.#file = file;
    this.#firstLine = firstLine;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): Place {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.#file, line: low + this.#firstLine, column: offset - this.#starts[low]! + 1 };
  }
}

const SYNTAX: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'a tab is not allowed as indentation: use spaces',
  MULTILINE_IMPLICIT_KEY: 'this is not a "key: value" at the indentation of its neighbours',
};

/** From the parser's nodes to trees. Aliases share the tree of their anchor; their written-out size is counted. */
export class TreeBuilder {
  readonly #places: Places;
  readonly #faults: Faults;
  readonly #anchors = new Map<string, { tree: Tree; size: number; height: number }>();
  #size = 0;
  /** The deepest level so far, of the document or of the anchored node being read. */
  #reached = 0;

  constructor(places: Places, faults: Faults) {
    this.#places = places;
    this.#faults = faults;
  }

  document({ contents, errors, warnings }: Document.Parsed): Tree | undefined {
    for (const { code, message, pos } of [...errors, ...warnings].slice(0, MOST_SYNTAX_FAULTS)) {
      this.#faults.error(this.#places.at(pos[0]), [], SYNTAX[code] ?? `${message.slice(0, 150)}`);
    }
    if (errors.length > 0 || contents === null || isEmpty(contents)) return undefined;
    return this.#convert(contents, readYaml12, 0);
  }

  #convert(node: ParsedNode, reader: ScalarReader, depth: number): Tree {
    const start = node.range[0];
    if (isAlias(node)) return this.#alias(node, start, depth);
    this.#grow(1, depth, start);
    if (node.anchor === undefined) return this.#node(node, reader, depth);
    const [sizeBefore, reachedBefore] = [this.#size, this.#reached];
    this.#reached = depth;
    const tree = this.#node(node, reader, depth);
    this.#anchors.set(node.anchor, { tree, size: this.#size - sizeBefore + 1, height: this.#reached - depth });
    this.#reached = Math.max(this.#reached, reachedBefore);
    return tree;
  }

  #alias({ source }: Alias.Parsed, start: number, depth: number): Tree {
    const target = this.#anchors.get(source);
    if (target === undefined) throw new Refused(start, `the alias *${source} has no anchor &${source} before it`);
    this.#grow(target.size, depth + target.height, start);
    return target.tree;
  }

  #grow(size: number, depth: number, start: number): void {
    this.#size += size;
    this.#reached = Math.max(this.#reached, depth);
    if (depth > DEEPEST) throw new Refused(start, `nested deeper than ${DEEPEST} levels`);
    if (this.#size > MOST_VALUES) throw new Refused(start, `more than ${MOST_VALUES} values (aliases written out)`);
  }

  #node(node: Exclude<ParsedNode, Alias.Parsed>, reader: ScalarReader, depth: number): Tree {
    const place = this.#places.at(node.range[0]);
    if (isMap(node)) return this.#mapping(node, isKubernetesObject(node) ? readAsKubectl : reader, place, depth);
    if (isSeq(node)) {
      return {
        type: 'list',
        place,
        items: node.items.map((item) => this.#convert(item as ParsedNode, reader, depth + 1)),
      };
    }
    return { type: 'scalar', place, value: isScalar(node) ? this.#scalar(node, reader, place) : null };
  }

  #scalar(
    node: ParsedNode & { type?: unknown; source?: unknown; value?: unknown },
    reader: ScalarReader,
    place: Place,
  ): Scalar['value'] {
    if (node.type !== 'PLAIN' || typeof node.source !== 'string' || node.tag !== undefined) {
      return typeof node.value === 'bigint' ? Number(node.value) : (node.value as Scalar['value']);
    }
    const value = reader(node.source);
    const other = reader === readAsKubectl ? readYaml12(node.source) : readAsKubectl(node.source);
    if (!Object.is(value, other)) warnOf({ place, source: node.source, value, other, reader }, this.#faults);
    return value;
  }

  #mapping(node: YAMLMap.Parsed, reader: ScalarReader, place: Place, depth: number): Mapping {
    const entries = new Map<string, Entry>();
    const merged: Mapping[] = [];
    for (const { key, value } of node.items) {
      const keyPlace = this.#places.at(key.range[0]);
      if (!isScalar(key)) {
        this.#faults.error(keyPlace, [], 'a key must be a plain word or a string');
        continue;
      }
      const name = String(this.#scalar(key, reader, keyPlace));
      const tree: Tree =
        value === null
          ? { type: 'scalar', place: keyPlace, value: null }
          : this.#convert(value, name === OBJECT_NAMES ? readAsKubectl : reader, depth + 1);
      if (key.source === '<<' && key.type === 'PLAIN') {
        merged.push(...(tree.type === 'list' ? tree.items : [tree]).filter((item) => item.type === 'mapping'));
        continue;
      }
      const first = entries.get(name);
      if (first === undefined) entries.set(name, { keyPlace, value: tree });
      else
        this.#faults.error(keyPlace, [], `the key "${name}" is here twice`, {
          fix: `it is also in line ${first.keyPlace.line}`,
        });
    }
    for (const { entries: others } of merged) {
      for (const [name, entry] of others) if (!entries.has(name)) entries.set(name, entry);
    }
    return { type: 'mapping', place, entries };
  }
}

function isEmpty(node: ParsedNode): boolean {
  return isScalar(node) && node.value === null && node.source === '';
}

/** Does the mapping say itself that it is a Kubernetes object? */
function isKubernetesObject(node: YAMLMap.Parsed): boolean {
  const apiVersion = node.items.find(({ key }) => isScalar(key) && key.value === 'apiVersion')?.value;
  return isScalar(apiVersion) && typeof apiVersion.value === 'string' && !apiVersion.value.startsWith('svclab.dev/');
}
