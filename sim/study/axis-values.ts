import { Faults } from '../input/faults.ts';
import { formatMessage } from '../input/input-error.ts';
import { type Place, type Tree, toValue } from '../input/tree.ts';
import { readYaml } from '../input/yaml.ts';
import type { Axis, AxisValue } from './study.ts';

/** The values of a parameter make no sense. */
export class BadValues extends Error {}

/** More would take days, and are surely a slip. */
const MOST = 100_000;

/**
 * A parameter with its values, as a flag or a file writes them in one text: `replicas=4..40:4`, `load=1x,2x`,
 * `clients.web.timeout=500ms,1s`. @throws BadValues
 */
export function axisOf(name: string, text: string, where: Place): Axis {
  const range = /^\s*(-?[\d.]+?)(x?)\.\.(-?[\d.]+?)x?(?::([\d.]+)x?)?\s*$/.exec(text);
  if (range !== null) {
    const [, from, factor, to, step] = range;
    return rangeOf(
      name,
      { from: Number(from), to: Number(to), step: step === undefined ? null : Number(step), factor: factor! },
      where,
    );
  }
  const values = split(text).map((part) => valueFrom(name, part, where));
  if (values.length === 0) throw new BadValues(emptyText(name));
  return { name, values, between: null };
}

/** From a value as YAML has it: a list, a range as a mapping or as a text, or a single value. @throws BadValues */
export function axisOfTree(name: string, tree: Tree): Axis {
  if (tree.type === 'list') {
    if (tree.items.length === 0) throw new BadValues(emptyText(name));
    return { name, values: tree.items.map(shown), between: null };
  }
  if (tree.type === 'mapping') {
    const { from, to, step = null, ...others } = toValue(tree) as Record<string, number | null>;
    const isRange = typeof from === 'number' && typeof to === 'number' && Object.keys(others).length === 0;
    if (!isRange) {
      throw new BadValues(`${name} takes a list of values, "4..40:4" or {from: 4, to: 40, step: 4}`);
    }
    return rangeOf(name, { from, to, step, factor: '' }, tree.place);
  }
  return typeof tree.value === 'string'
    ? axisOf(name, tree.value, tree.place)
    : { name, values: [shown(tree)], between: null };
}

export function shown(tree: Tree): AxisValue {
  const value = toValue(tree);
  return { tree, text: typeof value === 'string' ? value : JSON.stringify(value) };
}

export function scalar(value: string | number, place: Place): AxisValue {
  return { tree: { type: 'scalar', place, value }, text: String(value) };
}

/** A word that no file has, for points that a question makes. */
export function textValue(text: string): AxisValue {
  return scalar(text, { file: '', line: 1, column: 1 });
}

function rangeOf(
  name: string,
  { from, to, step, factor }: { from: number; to: number; step: number | null; factor: string },
  place: Place,
): Axis {
  const [low, high] = [from, to];
  if (![low, high].every(Number.isFinite)) throw new BadValues(`${name}: ${from}..${to} is no range of numbers`);
  if (high < low) throw new BadValues(`${name}: the range ${from}..${to} is empty; did you mean ${to}..${from}?`);
  const by = step ?? 1;
  if (!(by > 0)) throw new BadValues(`${name}: a step is more than 0, not ${by}`);
  const count = Math.floor((high - low) / by + 1e-9) + 1;
  if (count > MOST) throw new BadValues(`${name}: ${count} values are too many; the most is ${MOST}`);
  const values = Array.from({ length: count }, (_, i) => {
    const value = Number((low + i * by).toPrecision(12));
    return scalar(factor === '' ? value : `${value}${factor}`, place);
  });
  return { name, values, between: [low, high] };
}

/** At commas that are in no bracket and no quotes. */
function split(text: string): string[] {
  const parts: string[] = [];
  let [depth, part, quote] = [0, '', ''];
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if ('[{'.includes(character)) depth++;
    else if (']}'.includes(character)) depth--;
    if (character === ',' && depth === 0 && quote === '') {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}

function valueFrom(name: string, text: string, where: Place): AxisValue {
  const faults = new Faults();
  const trees = readYaml(where.file, text, faults);
  if (trees.length !== 1) {
    const [message] = faults.errors;
    throw new BadValues(`${name}: "${text}" is no value${message ? `: ${formatMessage(message)}` : ''}`);
  }
  return { tree: trees[0]!, text };
}

function emptyText(name: string): string {
  return `${name} has no values: a grid over nothing has no points; give one, such as ${name}=1`;
}
