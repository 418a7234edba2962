import { z } from 'zod';
import { canonicalIP, joinHostPort } from '../../cluster/ip.ts';
import { expecting } from '../../input/scenario-fields.ts';
import type { Pattern } from './pattern.ts';

/** `10.244.0.7:80` or `[fd00::7]:80`, compared as a value. */
export const endpointAddress: Pattern = {
  schema: z.string({ error: expecting('an address and port such as 10.244.0.7:80') }),
  compare: (wanted, got, path) => (spelt(wanted) === spelt(got) ? [] : [{ path, wanted, got }]),
};

/** By address: a share, which may be rounded to six digits. */
export const shares: Pattern = {
  schema: z.record(z.string(), z.number().min(0).max(1), { error: expecting('a share for each address') }),
  compare: (wanted, got, path) => {
    const [wants, gots] = [byAddress(wanted), byAddress(got)];
    return [...new Set([...wants.keys(), ...gots.keys()])].flatMap((address) => {
      const [want, have] = [wants.get(address), gots.get(address)];
      const isSame = want !== undefined && have !== undefined && Math.abs(want - have) < 1e-6;
      return isSame ? [] : [{ path: `${path}.${address}`, wanted: want, got: have }];
    });
  },
};

function byAddress(value: unknown): Map<string, number> {
  return new Map(Object.entries((value ?? {}) as Record<string, number>).map(([key, share]) => [spelt(key), share]));
}

function spelt(text: unknown): string {
  const [, ip, port] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(String(text)) ?? [];
  return ip === undefined ? String(text) : joinHostPort(canonicalIP(ip), Number(port));
}
