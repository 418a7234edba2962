import type { Labels } from './objects.ts';

/** Does a map selector (`matchLabels`, a Service's selector) match? An empty one matches everything: callers decide whether that is meant. */
export function matches(selector: Labels, labels: Labels): boolean {
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}
