import type { KubernetesObject, LabelSelector, Labels } from '../cluster/api/meta.ts';
import type { PodSpec } from '../cluster/api/pod.ts';
import { humanDuration } from '../cluster/human-duration.ts';
import type { Snapshot } from './snapshot.ts';

/** How a kind's objects look in a table. A column that is `wide` comes with `-o wide` alone. */
export interface Column<T> {
  heading: string;
  wide?: true;
  cell(object: T, snapshot: Snapshot, wide: boolean): string;
}

export const NONE = '<none>';
export const UNKNOWN = '<unknown>';

export function nameColumn<T extends KubernetesObject>(): Column<T> {
  return { heading: 'NAME', cell: ({ metadata }) => metadata.name };
}

export function ageColumn<T extends KubernetesObject>(): Column<T> {
  return { heading: 'AGE', cell: ({ metadata }, { now }) => humanDuration(now - metadata.creationTimestamp) };
}

/** Of a workload, with `-o wide`. */
export function templateColumns<T extends { spec: { template: { spec: PodSpec } } }>(): Column<T>[] {
  const containers = ({ spec }: T) => spec.template.spec.containers;
  return [
    { heading: 'CONTAINERS', wide: true, cell: (object) => list(containers(object).map(({ name }) => name)) },
    { heading: 'IMAGES', wide: true, cell: (object) => list(containers(object).map(({ image }) => image)) },
  ];
}

export function selectorColumn<T extends { spec: { selector?: LabelSelector } }>(): Column<T> {
  return { heading: 'SELECTOR', wide: true, cell: ({ spec }) => formatSelector(spec.selector) };
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? NONE : items.join(',');
}

/** The first three, and how many more. */
export function firstThree(items: readonly string[], empty: string): string {
  if (items.length === 0) return empty;
  const more = items.length > 3 ? ` + ${items.length - 3} more...` : '';
  return items.slice(0, 3).join(',') + more;
}

/** `a=1,b=2`, by key. */
export function formatLabels(labels: Labels): string {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return list(entries.map(([key, value]) => `${key}=${value}`));
}

/** @source apimachinery pkg/apis/meta/v1/helpers.go FormatLabelSelector: requirements by key */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return NONE;
  const parts: [key: string, text: string][] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) parts.push([key, `${key}=${value}`]);
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const set = `(${values.toSorted().join(',')})`;
    if (operator === 'Exists') parts.push([key, key]);
    else if (operator === 'DoesNotExist') parts.push([key, `!${key}`]);
    else parts.push([key, `${key} ${operator.toLowerCase()} ${set}`]);
  }
  return list(parts.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text));
}
