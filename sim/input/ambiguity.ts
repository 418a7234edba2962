import type { Faults } from './faults.ts';
import { readAsKubectl, type ScalarReader } from './scalars.ts';
import type { Place, Scalar } from './tree.ts';

/** A scalar that YAML 1.1 and 1.2 read differently. */
export interface Ambiguity {
  place: Place;
  source: string;
  value: Scalar['value'];
  /** What the other version would make of it. */
  other: Scalar['value'];
  reader: ScalarReader;
}

/** Says how it was read, and how to write what may be meant. */
export function warnOf({ place, source, value, other, reader }: Ambiguity, faults: Faults): void {
  const who = reader === readAsKubectl ? 'read as kubectl does (YAML 1.1)' : 'read as YAML 1.2';
  const isText = typeof value === 'string' || typeof other === 'string';
  faults.warning(place, [], `${source} is ${who}: ${printScalar(value)}, not ${printScalar(other)}`, {
    fix: isText ? `write "${source}" in quotes if the text is meant` : `write ${value} or ${other}`,
  });
}

function printScalar(value: Scalar['value']): string {
  return typeof value === 'string' ? `the text "${value}"` : String(value);
}
