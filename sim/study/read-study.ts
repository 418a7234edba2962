import { Faults } from '../input/faults.ts';
import type { Files } from '../input/files.ts';
import { reportIssues } from '../input/schema-faults.ts';
import { child, type Mapping, type Tree, textAt, toValue } from '../input/tree.ts';
import { readYaml } from '../input/yaml.ts';
import { axisOfTree, BadValues, shown } from './axis-values.ts';
import type { Axis, AxisValue, Study } from './study.ts';
import { studySection } from './study-schema.ts';

/**
 * Reads a file that holds a Study.
 * @returns null if it holds none: a Scenario perhaps @throws InputError with every fault
 */
export function readStudy(path: string, files: Files): Study | null {
  const faults = new Faults();
  let trees: Tree[] = [];
  try {
    trees = readYaml(path, files.read(path), faults);
  } catch (error) {
    faults.error({ file: path, line: 1, column: 1 }, [], `cannot read ${path}: ${(error as Error).message}`);
  }
  const tree = trees.find((each) => textAt(each, 'kind') === 'Study');
  if (tree?.type !== 'mapping') {
    if (trees.length === 0) faults.throwIfAny();
    return null;
  }
  const result = studySection.safeParse(toValue(tree));
  if (!result.success) reportIssues(result.error.issues, tree, faults);
  const axes = axesOf(tree, faults);
  faults.throwIfAny();
  const { metadata, scenario, variant, replications, ...given } = result.data!;
  const list = listOf(tree);
  return {
    ...metadata,
    scenario: relativeTo(path, scenario),
    variant,
    axes: list.length > 0 ? axesOfList(list) : axes,
    combine: list.length > 0 ? 'list' : given.combine,
    list,
    randomPoints: given.randomPoints,
    replications:
      typeof replications === 'number' ? { min: replications, max: replications, precision: null } : replications,
    metrics: given.metrics,
    constraints: given.constraints ?? null,
    warmUp: given.warmUp === undefined ? 'default' : given.warmUp === 'none' ? 0 : given.warmUp,
    duration: given.duration ?? null,
    seed: given.seed ?? null,
  };
}

function axesOf(tree: Mapping, faults: Faults): Axis[] {
  const vary = child(tree, 'vary');
  if (vary?.type !== 'mapping') return [];
  return [...vary.entries].flatMap(([name, { value, keyPlace }]) => {
    try {
      return [axisOfTree(name, value)];
    } catch (error) {
      if (!(error instanceof BadValues)) throw error;
      faults.error(keyPlace, ['vary', name], error.message);
      return [];
    }
  });
}

function listOf(tree: Mapping): Record<string, AxisValue>[] {
  const points = child(tree, 'points');
  if (points?.type !== 'list') return [];
  return points.items.map((item) =>
    Object.fromEntries(
      (item.type === 'mapping' ? [...item.entries] : []).map(([name, { value }]) => [name, shown(value)]),
    ),
  );
}

/** The parameters of a list of points, each with the values that come, in their order. */
function axesOfList(list: readonly Record<string, AxisValue>[]): Axis[] {
  const names = [...new Set(list.flatMap((point) => Object.keys(point)))];
  return names.map((name) => {
    const values = new Map(list.flatMap((point) => (point[name] ? [[point[name].text, point[name]] as const] : [])));
    return { name, values: [...values.values()], between: null };
  });
}

/** A file beside the study's, unless it is the name of a built-in scenario, which has no dot and no slash. */
function relativeTo(file: string, scenario: string): string {
  if (scenario.startsWith('/') || !/[./]/.test(scenario)) return scenario;
  return `${file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : ''}${scenario.replace(/^(\.\/)+/, '')}`;
}
