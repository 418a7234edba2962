import { escapeHtml } from './frame.ts';

export interface Table {
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of text, which stand left; numbers stand right. */
  readonly textColumns: number;
}

/** Without its title, which names it for those who hear it. */
export function tableOf({ title, headings, rows, textColumns }: Table): string {
  const kind = (i: number) => (i < textColumns ? ' class="text"' : '');
  const head = headings.map((heading, i) => `<th scope="col"${kind(i)}>${escapeHtml(heading)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${row.map((cell, i) => `<td${kind(i)}>${escapeHtml(cell)}</td>`).join('')}</tr>`)
    .join('');
  return scrolling(title, `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`);
}

/** What may be wider than the page: it scrolls by itself, by keys too. */
export function scrolling(label: string, table: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(label)}">${table}</div>`;
}
