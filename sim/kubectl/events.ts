import { humanDuration } from '../cluster/human-duration.ts';
import type { ClusterEvent } from '../run/cluster.ts';
import { resourceNamed } from './kinds.ts';
import { alignTabs, GET_TABS } from './tab-writer.ts';

/** Of what happened, which part is asked for. */
export interface EventQuery {
  /** '' for all; events of objects without a namespace are in `default`. */
  namespace: string;
  /** Of one object. */
  kind?: string;
  name?: string;
  /** `Normal`, `Warning`; empty for all. */
  types: readonly string[];
}

/** The same thing of the same object, as often as it happened: the API server keeps one Event for all of them. */
export interface EventSeries {
  type: 'Normal' | 'Warning';
  namespace: string;
  kind: string;
  name: string;
  reason: string;
  message: string;
  /** ns. */
  first: number;
  last: number;
  count: number;
}

/**
 * In the order in which they were last seen.
 * @simplifies events are kept for ever, where the API server forgets them after an hour; similar ones are not combined
 */
export function eventSeries(events: readonly ClusterEvent[], query: EventQuery): EventSeries[] {
  const series = new Map<string, EventSeries>();
  for (const { at, severity, kind, object, reason, message } of events) {
    const [name = '', namespace = 'default'] = object.split('/').reverse();
    const type = severity === 'info' ? 'Normal' : 'Warning';
    if (query.namespace !== '' && namespace !== query.namespace) continue;
    if (query.kind !== undefined && kind !== query.kind) continue;
    if (query.name !== undefined && name !== query.name) continue;
    if (query.types.length > 0 && !query.types.includes(type)) continue;
    const key = [kind, object, type, reason, message].join('\0');
    const known = series.get(key);
    series.delete(key);
    if (known === undefined) {
      series.set(key, { type, namespace, kind, name, reason, message, first: at, last: at, count: 1 });
    } else series.set(key, { ...known, last: at, count: known.count + 1 });
  }
  return [...series.values()];
}

/** As `kubectl events` prints them. */
export function printEvents(series: readonly EventSeries[], now: number, showNamespace: boolean): string {
  const rows = series.map((event) => [
    ...(showNamespace ? [event.namespace] : []),
    lastSeen(event, now),
    event.type,
    event.reason,
    `${resourceNamed(event.kind)?.kind ?? event.kind}/${event.name}`,
    event.message,
  ]);
  const heading = [...(showNamespace ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  return alignTabs(
    [heading, ...rows].map((cells) => cells.join('\t')),
    GET_TABS,
  ).join('\n');
}

/** `5m (x4 over 20m)` */
export function lastSeen({ first, last, count }: EventSeries, now: number): string {
  const ago = humanDuration(now - last);
  return count > 1 ? `${ago} (x${count} over ${humanDuration(now - first)})` : ago;
}
