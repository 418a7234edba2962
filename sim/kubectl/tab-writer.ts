/** How cells are padded: kubectl's `get` and `describe` differ. */
export interface TabFormat {
  /** Least width of a column with its padding. */
  minWidth: number;
  /** Blanks behind the longest cell of a column. */
  padding: number;
}

export const GET_TABS: TabFormat = { minWidth: 6, padding: 3 };
export const DESCRIBE_TABS: TabFormat = { minWidth: 0, padding: 2 };

/**
 * Aligns text whose cells end in tabs: a column is as wide as its longest cell over the lines, one below the other, that
 * have it. What follows a line's last tab is in no column.
 * @source Go text/tabwriter, as kubectl uses it
 */
export function alignTabs(lines: readonly string[], { minWidth, padding }: TabFormat): string[] {
  const rows = lines.map((line) => line.split('\t'));
  const widths = rows.map((): number[] => []);
  const columns = Math.max(0, ...rows.map(({ length }) => length - 1));
  for (let column = 0; column < columns; column++) {
    for (let from = 0; from < rows.length; from++) {
      let to = from;
      let width = minWidth;
      for (; to < rows.length && rows[to]!.length - 1 > column; to++) {
        width = Math.max(width, [...rows[to]![column]!].length + padding);
      }
      for (let row = from; row < to; row++) widths[row]![column] = width;
      from = Math.max(to, from);
    }
  }
  return rows.map((row, i) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : padded(cell, widths[i]![column]!))).join(''),
  );
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - [...cell].length));
}
