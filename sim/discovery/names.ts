import { canonicalIP, familyOf } from '../cluster/ip.ts';

/** With a dot at its end: absolute. */
export function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

/** The labels of a name, without the root's; none for the root. */
export function labelsOf(name: string): string[] {
  const bare = name.replace(/\.$/, '');
  return bare === '' ? [] : bare.split('.');
}

/** Is `name` the zone or below it? Both absolute; case does not matter. */
export function isWithin(name: string, zone: string): boolean {
  const [inner, outer] = [name.toLowerCase(), zone.toLowerCase()];
  return outer === '.' || inner === outer || inner.endsWith(`.${outer}`);
}

/** The zone of the list that a name is in: the longest. @returns undefined: in none */
export function zoneOf(name: string, zones: readonly string[]): string | undefined {
  return zones.filter((zone) => isWithin(name, zone)).toSorted((a, b) => b.length - a.length)[0];
}

/** Is it a zone of reverse lookups? */
export function isReverse(name: string): boolean {
  return isWithin(name, 'in-addr.arpa.') || isWithin(name, 'ip6.arpa.');
}

/** The address that a name of reverse lookups stands for, in its canonical spelling. @returns null where it is none */
export function addressOfReverse(name: string): string | null {
  const labels = labelsOf(name.toLowerCase()).reverse();
  const text = isWithin(name, 'in-addr.arpa.')
    ? labels.slice(2).join('.')
    : (labels.slice(2).join('').match(/.{4}/g) ?? []).join(':');
  const isWhole = isWithin(name, 'in-addr.arpa.') ? labels.length === 6 : labels.length === 34;
  return isReverse(name) && isWhole && familyOf(text) !== null ? canonicalIP(text) : null;
}
