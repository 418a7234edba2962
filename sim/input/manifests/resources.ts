import type { Resources } from '../../cluster/objects.ts';
import { parseBytes, parseQuantityMilli, QUANTITY_MESSAGE } from '../../cluster/quantity.ts';
import type { Path } from '../tree.ts';
import type { Validation } from './validation.ts';

export type RawQuantities = Record<string, string | number>;

export interface RawResources {
  requests?: RawQuantities;
  limits?: RawQuantities;
}

/** CPU and memory of a map of quantities; other resources are checked for their syntax only. */
export function readQuantities(
  raw: RawQuantities = {},
  path: Path,
  v: Validation,
): Partial<Resources> & { pods?: number } {
  const found: Partial<Resources> & { pods?: number } = {};
  for (const [name, value] of Object.entries(raw)) {
    const text = String(value);
    try {
      const milli = parseQuantityMilli(text);
      if (milli < 0) v.invalid([...path, name], text, 'must be greater than or equal to 0');
      if (name === 'cpu') found.cpuMilli = milli;
      if (name === 'memory') found.memoryBytes = parseBytes(text);
      if (name === 'pods') found.pods = Math.floor(milli / 1000);
    } catch {
      v.invalid([...path, name], text, QUANTITY_MESSAGE);
    }
  }
  return found;
}

/** A container's requests and limits; a request that is not given equals the limit. */
export function readResources(
  raw: RawResources = {},
  path: Path,
  v: Validation,
): { requests: Resources; limits?: Partial<Resources> } {
  const limits = readQuantities(raw.limits, [...path, 'limits'], v);
  const asked = readQuantities(raw.requests, [...path, 'requests'], v);
  const requests = { cpuMilli: 0, memoryBytes: 0, ...limits, ...asked };
  for (const [name, field] of [
    ['cpu', 'cpuMilli'],
    ['memory', 'memoryBytes'],
  ] as const) {
    if (requests[field] > (limits[field] ?? Number.POSITIVE_INFINITY)) {
      const detail = `must be less than or equal to ${name} limit of ${raw.limits![name]}`;
      v.invalid([...path, 'requests'], String(raw.requests![name]), detail);
    }
  }
  return { requests, ...(raw.limits !== undefined && { limits }) };
}
