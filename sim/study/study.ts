import type { Tree } from '../input/tree.ts';
import type { Replications } from './stopping.ts';

/** One parameter and the values that it takes. */
export interface Axis {
  /** `load`, `load.SOURCE`, `replicas`, `replicas.NAME`, or a path as a variant's `set:` has it. */
  readonly name: string;
  readonly values: readonly AxisValue[];
  /** Of a random study: any number between the two, both included; whole ones if both are. */
  readonly between: readonly [number, number] | null;
}

export interface AxisValue {
  readonly tree: Tree;
  /** As it is shown. */
  readonly text: string;
}

/** A study after it was read: which points, how often, and what is asked of each. */
export interface Study {
  readonly name: string;
  readonly description: string;
  /** As the file or the flags name it. */
  readonly scenario: string;
  readonly variant: string;
  readonly axes: readonly Axis[];
  readonly combine: 'grid' | 'zip' | 'list' | 'random';
  /** Of a list: the points themselves, each with a value for some of the axes. */
  readonly list: readonly Readonly<Record<string, AxisValue>>[];
  /** Of a random study. */
  readonly randomPoints: number;
  readonly replications: Replications;
  /** Texts; empty: success, mean and p99 of every source. */
  readonly metrics: readonly string[];
  /** Texts; null: the thresholds of the scenario. */
  readonly constraints: readonly string[] | null;
  /** ns; `default`: auto where nothing happens at a given time, else none. */
  readonly warmUp: number | 'auto' | 'default';
  /** null: the scenario's own. */
  readonly duration: number | null;
  readonly seed: number | null;
}

/** The values of one point, by parameter, in the order of the axes. */
export type Values = Readonly<Record<string, AxisValue>>;
