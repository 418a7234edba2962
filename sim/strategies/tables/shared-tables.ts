import type { View } from '../strategy.ts';

interface Shared {
  readonly members: Int32Array;
  readonly weights: Float64Array;
  readonly table: unknown;
}

/** By run, which has one array of members: the newest table of each kind. */
const runs = new WeakMap<Int32Array, Map<string, Shared>>();

/**
 * A table that depends on nothing but the members, their addresses and their weights is built once for all instances of a run, by the
 * first that hears of a change. To be called from `Strategy.changed`.
 * @param kind what else it depends on: a name and options
 * @param build makes one from the members that have weight, in the order in which they were published; it may take over from the last
 */
export function sharedTable<Table>(view: View, kind: string, build: (slots: Int32Array, last?: Table) => Table): Table {
  let tables = runs.get(view.members);
  if (tables === undefined) {
    tables = new Map();
    runs.set(view.members, tables);
  }
  const last = tables.get(kind);
  if (last !== undefined && isOf(last, view)) return last.table as Table;
  const members = view.members.slice(0, view.count);
  const table = build(
    members.filter((slot) => view.weight[slot]! > 0),
    last?.table as Table | undefined,
  );
  tables.set(kind, { members, weights: Float64Array.from(members, (slot) => view.weight[slot]!), table });
  return table;
}

function isOf({ members, weights }: Shared, view: View): boolean {
  if (members.length !== view.count) return false;
  for (let i = 0; i < members.length; i++) {
    if (members[i] !== view.members[i] || weights[i] !== view.weight[members[i]!]) return false;
  }
  return true;
}
