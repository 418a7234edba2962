import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colour only on a terminal and without NO_COLOR. */
export function paint(style: Style, text: string): string {
  const on = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return on ? styleText(style, text) : text;
}

/** The terminal's width, else 80; lines of prose are no longer than 100. */
export function proseWidth(): number {
  return Math.min(100, process.stdout.columns ?? 80);
}

/** Breaks a text into lines at blanks, each after `indent`. */
export function wrap(text: string, indent = ''): string {
  const width = proseWidth() - indent.length;
  const lines: string[] = [];
  let line = '';
  // A number and its unit stay together.
  const glued = text.replace(/(\d) (?=(?:%|h|min|s|ms|µs|million)\b|%)/g, '$1\u00a0');
  for (const word of glued.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each) => indent + each.replaceAll('\u00a0', ' ')).join('\n');
}

/** Columns as kubectl prints them: padded, three blanks between, no borders. Numbers (`right`) to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
