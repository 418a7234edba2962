import type { KubernetesObject, Labels, OwnerReference } from '../../cluster/api/meta.ts';
import { eventSeries, lastSeen } from '../events.ts';
import { NONE } from '../printer.ts';
import type { Snapshot } from '../snapshot.ts';
import { alignTabs, DESCRIBE_TABS } from '../tab-writer.ts';

/** What `kubectl describe` prints of one object, line by line, in levels. */
export class Sheet {
  readonly snapshot: Snapshot;
  readonly #lines: string[] = [];

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  /** `Name:  web`; without a value a heading. More values come below, each on its line. */
  field(label: string, value: string | number | readonly string[] = '', level = 0): void {
    const [first = NONE, ...more] = typeof value === 'object' ? value : [`${value}`];
    const indent = '  '.repeat(level);
    this.#lines.push(first === '' ? `${indent}${label}:` : `${indent}${label}:\t${first}`);
    for (const each of more) this.#lines.push(`${indent}\t${each}`);
  }

  /** A heading, and a table with underlined headings below it. */
  table(label: string, headings: readonly string[], rows: readonly (readonly string[])[], level = 0): void {
    if (rows.length === 0) return this.field(label, NONE, level);
    this.field(label, '', level);
    const dashes = headings.map((heading) => '-'.repeat(heading.length));
    for (const cells of [headings, dashes, ...rows]) this.line(cells.join('\t'), level + 1);
  }

  line(text: string, level = 0): void {
    this.#lines.push(`${'  '.repeat(level)}${text}`);
  }

  /** `Name`, and `Namespace` where there is one. */
  head({ metadata }: KubernetesObject): void {
    this.field('Name', metadata.name);
    if (metadata.namespace !== '') this.field('Namespace', metadata.namespace);
  }

  labels(label: string, labels: Labels, separator = '=', level = 0): void {
    const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    this.field(
      label,
      entries.map(([key, value]) => `${key}${separator}${value}`),
      level,
    );
  }

  metadata({ metadata }: KubernetesObject): void {
    this.labels('Labels', metadata.labels);
    this.labels('Annotations', metadata.annotations, ': ');
  }

  controlledBy(owner: OwnerReference | undefined): void {
    if (owner !== undefined) this.field('Controlled By', `${owner.kind}/${owner.name}`);
  }

  events({ kind, metadata: { namespace, name } }: KubernetesObject): void {
    const series = eventSeries(this.snapshot.events, { namespace, kind, name, types: [] });
    this.table(
      'Events',
      ['Type', 'Reason', 'Age', 'Message'],
      series.map((each) => [each.type, each.reason, lastSeen(each, this.snapshot.now), each.message]),
    );
  }

  text(): string {
    return alignTabs(this.#lines, DESCRIBE_TABS)
      .map((line) => line.trimEnd())
      .join('\n');
  }
}
