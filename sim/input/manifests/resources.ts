import type { Quantities } from '../../cluster/api/meta.ts';
import type { ResourceRequirements } from '../../cluster/api/pod.ts';
import { parseQuantityMilli, QUANTITY_MESSAGE } from '../../cluster/quantity.ts';
import type { Path } from '../tree.ts';
import type { Raw } from './metadata.ts';
import type { Validation } from './validation.ts';

/** @returns the quantities that can be read, as they are written */
export function readQuantities(raw: Raw<Quantities> = {}, path: Path, v: Validation): Quantities {
  return Object.fromEntries(
    Object.entries(raw as Quantities).filter(([name, value]) => {
      try {
        if (parseQuantityMilli(String(value)) >= 0) return true;
        v.invalid([...path, name], String(value), 'must be greater than or equal to 0');
      } catch {
        v.invalid([...path, name], String(value), QUANTITY_MESSAGE);
      }
      return false;
    }),
  );
}

/** A container's requests and limits; a request that is not given equals the limit. */
export function readResources(raw: Raw<ResourceRequirements> = {}, path: Path, v: Validation): ResourceRequirements {
  const limits = readQuantities(raw.limits, [...path, 'limits'], v);
  const requests = { ...limits, ...readQuantities(raw.requests, [...path, 'requests'], v) };
  for (const name of ['cpu', 'memory']) {
    const [request, limit] = [requests[name], limits[name]];
    if (request === undefined || limit === undefined) continue;
    if (parseQuantityMilli(String(request)) > parseQuantityMilli(String(limit))) {
      v.invalid([...path, 'requests'], String(request), `must be less than or equal to ${name} limit of ${limit}`);
    }
  }
  return {
    ...(raw as ResourceRequirements),
    ...(raw.limits && { limits }),
    ...((raw.limits || raw.requests) && { requests }),
  };
}
