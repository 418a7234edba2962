import type { KubernetesObject } from '../../cluster/api/meta.ts';
import { type ApiValue, encodeObject } from '../../input/manifests/encode.ts';
import type { Sheet } from './sheet.ts';

/**
 * Any object, field by field, under the words of its fields: `maxReplicas` is `Max Replicas`.
 * @source kubectl pkg/describe/describe.go GenericDescriber, which is what describes custom resources
 */
export function describeOther(object: KubernetesObject, sheet: Sheet): void {
  sheet.head(object);
  sheet.metadata(object);
  const { metadata, apiVersion, kind, ...rest } = encodeObject(object);
  sheet.field('API Version', apiVersion as string);
  sheet.field('Kind', kind as string);
  const { creationTimestamp, generation } = metadata as Record<string, string | number>;
  sheet.field('Metadata');
  sheet.field('Creation Timestamp', creationTimestamp, 1);
  if (generation !== undefined) sheet.field('Generation', generation, 1);
  fields(rest, 0, sheet);
  sheet.events(object);
}

function fields(object: { [name: string]: ApiValue }, level: number, sheet: Sheet): void {
  for (const name of Object.keys(object).sort()) {
    const value = object[name]!;
    const label = words(name);
    if (typeof value !== 'object' || value === null) sheet.field(label, `${value}`, level);
    else if (!Array.isArray(value)) {
      sheet.field(label, '', level);
      fields(value, level + 1, sheet);
    } else {
      sheet.field(label, '', level);
      for (const item of value) {
        if (typeof item === 'object' && item !== null && !Array.isArray(item)) fields(item, level + 1, sheet);
        else sheet.line(`${item}`, level + 1);
      }
    }
  }
}

function words(name: string): string {
  return name.replace(/^./, (first) => first.toUpperCase()).replace(/([a-z])([A-Z])/g, '$1 $2');
}
