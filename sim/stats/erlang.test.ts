import { expect, test } from 'vitest';
import { erlangC, meanSojourn, sojournQuantile, sojournTail, squareRootServers } from './erlang.ts';

// M/M/4 at 360/s of 10 ms: Gross, Shortle, Thompson & Harris, M/M/c
test('M/M/4 at 0.9', () => {
  expect(erlangC(4, 3.6)).toBeCloseTo(0.78775326, 7);
  expect(meanSojourn(4, 360, 0.01)).toBeCloseTo(0.029693832, 8);
  expect(sojournQuantile(4, 360, 0.01, 0.5)).toBeCloseTo(0.022545037, 7);
  expect(sojournQuantile(4, 360, 0.01, 0.99)).toBeCloseTo(0.12193167, 6);
});

test('M/M/1 is exponential, also where both rates are the same', () => {
  expect(sojournTail(1, 80, 0.01, 0.05)).toBeCloseTo(Math.exp(-1), 12);
  // two servers at 1/s of 1 s: drain and service have one rate
  expect(sojournTail(2, 1, 1, 1)).toBeCloseTo(sojournTail(2, 1 + 1e-7, 1, 1), 6);
});

test('too much load has no steady state', () => {
  expect([erlangC(3, 3), meanSojourn(3, 300, 0.01), sojournQuantile(3, 400, 0.01, 0.5)]).toEqual([
    1,
    Infinity,
    Infinity,
  ]);
});

test('the square-root rule is within a server of Erlang C', () => {
  for (const load of [5, 20, 100, 400]) {
    let exact = Math.ceil(load) + 1;
    while (erlangC(exact, load) > 0.2) exact++;
    expect(Math.abs(squareRootServers(load, 0.2) - exact)).toBeLessThanOrEqual(1);
  }
});
