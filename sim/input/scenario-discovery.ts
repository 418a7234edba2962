import { z } from 'zod';
import { knownNames } from './faults.ts';
import type { Discovery } from './scenario.ts';
import { complain, expecting, refuse, share } from './scenario-fields.ts';

const DISCOVERIES = ['podIP', 'dns', 'env', 'headless', 'endpoints'] as const;

/** A word, a mapping of shares, or a list of such mappings. */
export const discovery = z
  .union([z.enum(DISCOVERIES), z.record(z.string(), share()), z.array(z.record(z.string(), share()))], {
    error: expecting(`one of ${DISCOVERIES.join(', ')}, or shares: {podIP: 0.85, dns: 0.15}`),
  })
  .transform((given, ctx): Partial<Record<Discovery, number>> => {
    if (typeof given === 'string') return { [given]: 1 };
    const shares: Partial<Record<Discovery, number>> = {};
    for (const [name, value] of (Array.isArray(given) ? given : [given]).flatMap(Object.entries) as [
      string,
      number,
    ][]) {
      const kind = DISCOVERIES.find((each) => each === name);
      if (kind === undefined)
        return refuse(ctx, `there is no discovery "${name}"`, knownNames(name, DISCOVERIES, 'one of'));
      if (shares[kind] !== undefined) return refuse(ctx, `"${name}" is here twice`);
      shares[kind] = value;
    }
    const sum = Object.values(shares).reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) > 1e-9)
      complain(ctx, `the shares sum to ${Number(sum.toPrecision(6))}`, { expected: 'shares that sum to 1' });
    return shares;
  });
