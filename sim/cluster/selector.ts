import type { LabelSelector, LabelSelectorRequirement, Labels } from './api/meta.ts';

/** Does a map selector (a Service's, `matchLabels`) match? An empty one matches everything: callers decide whether that is meant. */
export function matches(selector: Labels, labels: Labels): boolean {
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}

/**
 * Does a label selector match? An empty one matches everything, one that is absent nothing.
 * @source apimachinery pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector; pkg/labels/selector.go Requirement.Matches:
 *   NotIn matches where the key is absent
 */
export function selectorMatches(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  if (selector.matchLabels !== undefined && !matches(selector.matchLabels, labels)) return false;
  return (selector.matchExpressions ?? []).every((requirement) => requirementHolds(requirement, labels));
}

function requirementHolds({ key, operator, values = [] }: LabelSelectorRequirement, labels: Labels): boolean {
  const value = labels[key];
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  const isIn = value !== undefined && values.includes(value);
  return operator === 'In' ? isIn : !isIn;
}
