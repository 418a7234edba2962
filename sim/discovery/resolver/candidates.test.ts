import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DNSServer } from '../message.ts';
import { candidatesOf } from './candidates.ts';
import { type Library, lookUp } from './look-up.ts';

/** Knows one name, or none. */
const serverOf = (known: string | undefined): DNSServer => ({
  answer: (name, type) => {
    const found = name === known && type === 'A';
    return {
      rcode: name === known ? 'NOERROR' : 'NXDOMAIN',
      answers: found ? [{ name, type, ttl: 30, data: '10.0.0.1' }] : [],
      additionals: [],
      authoritySOA: null,
      why: '',
    };
  },
});

const label = fc.constantFrom('a', 'b', 'shop', 'svc');
const name = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 6 }), fc.boolean())
  .map(([labels, isAbsolute]) => labels.join('.') + (isAbsolute ? '.' : ''));
const search = fc.array(fc.constantFrom('shop.svc.test', 'svc.test', 'test', 'x.y'), { maxLength: 4 });

test('the candidates are what a lookup asks for until one of them is there', () => {
  fc.assert(
    fc.property(name, search, fc.nat(6), fc.constantFrom<Library>('glibc', 'musl'), fc.nat(7), (...drawn) => {
      const [asked, list, ndots, library, place] = drawn;
      const { names, asItIs } = candidatesOf(asked, list, ndots, library);
      const options = { ndots, timeoutSeconds: 5, attempts: 2 };
      const client = { library, search: list, options, hosts: new Map(), types: ['A', 'AAAA'] as const };
      const { queries, found } = lookUp(asked, client, serverOf(names[place]));
      const first = names[place] === undefined ? names.length : names.indexOf(names[place]) + 1;
      expect(queries.map((query) => query.name)).toEqual(names.slice(0, first));
      expect(found).toBe(names[place] !== undefined);
      if (asItIs >= 0) expect(names[asItIs]).toBe(asked.replace(/\.?$/, '.'));
    }),
    { seed: Number(process.env.SVCLAB_SEED ?? 1) },
  );
});
