import { expect, test } from 'vitest';
import { familyOf } from './families.ts';

test('a family are those with the same first word, if there are three; the user’s own are one', () => {
  const names = [
    'envoy-random',
    'envoy-maglev',
    'envoy-ring-hash:bits=3',
    'least-work-left',
    'least-in-flight',
    'jsq',
    'mine',
  ];
  const strategies = names.map((name) => ({
    name,
    title: '',
    knows: 'nothing' as const,
    runs: 'client' as const,
    source: '',
    isOwn: name === 'mine',
    cost: null,
    fault: null,
  }));
  expect([...familyOf(strategies).values()]).toEqual([
    'envoy',
    'envoy',
    'envoy',
    'papers and others',
    'papers and others',
    'papers and others',
    'your own',
  ]);
});
