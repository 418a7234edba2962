/** Names of the custom properties of app.css that canvases draw with. */
const NAMES = [
  'panel',
  'raised',
  'line',
  'grid',
  'text',
  'muted',
  'accent',
  'edge',
  'ok',
  'retried',
  'idle',
  'timeout',
  'error',
  'pool',
  'dns',
  'shed',
  'wrong',
  'abandoned',
  'ready-idle',
  'ready-busy',
  'line-1',
  'line-2',
  'line-3',
  'line-4',
  'line-5',
] as const;

export type InkName = (typeof NAMES)[number];
export type Inks = Readonly<Record<InkName, string>>;

let known: Inks | undefined;

/** The colours of the theme that is on now. */
export function inks(): Inks {
  if (known === undefined) {
    const style = getComputedStyle(document.documentElement);
    known = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Inks;
  }
  return known;
}

/** Puts a theme on: the page by its custom properties, canvases by `inks()` from their next drawing on. */
export function putOn(theme: 'light' | 'dark'): void {
  document.documentElement.dataset.theme = theme;
  known = undefined;
}

export function systemTheme(): 'light' | 'dark' {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function reducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
