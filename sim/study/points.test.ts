import { describe, expect, test } from 'vitest';
import { axisOf, BadValues } from './axis-values.ts';
import { nameOfPoint, pointsOf } from './points.ts';
import type { Study } from './study.ts';

const place = { file: 'f', line: 1, column: 1 };

function study(axes: Record<string, string>, fields: Partial<Study> = {}): Study {
  return {
    name: 'study',
    description: '',
    scenario: '',
    variant: '',
    axes: Object.entries(axes).map(([name, text]) => axisOf(name, text, place)),
    combine: 'grid',
    list: [],
    randomPoints: 5,
    replications: { min: 1, max: 1, precision: null },
    metrics: [],
    constraints: null,
    warmUp: 'default',
    duration: null,
    seed: 1,
    ...fields,
  };
}

const names = (given: Study) => pointsOf(given).map(nameOfPoint);

describe('values', () => {
  test.each([
    ['4..12:4', ['4', '8', '12']],
    ['1x..2x:0.5', ['1x', '1.5x', '2x']],
    ['0.1..0.3:0.1', ['0.1', '0.2', '0.3']],
    ['3..3', ['3']],
    ['1x,2x', ['1x', '2x']],
    ['500ms, 1s', ['500ms', '1s']],
    ['{dns: 1},{podIP: 0.5, dns: 0.5}', ['{dns: 1}', '{podIP: 0.5, dns: 0.5}']],
    ['"a,b",c', ['"a,b"', 'c']],
  ])('%s', (text, expected) => {
    expect(axisOf('p', text, place).values.map((value) => value.text)).toEqual(expected);
  });

  test.each(['', ',', '9..3', '1..5:0', '1..9999999', '[1'])('%j makes none', (text) => {
    expect(() => axisOf('p', text, place)).toThrow(BadValues);
  });
});

test('a grid has every combination, the last parameter fastest', () => {
  expect(names(study({ a: '1,2', b: 'x,y' }))).toEqual(['a=1, b=x', 'a=1, b=y', 'a=2, b=x', 'a=2, b=y']);
  expect(names(study({}))).toEqual(['as it stands']);
});

test('a zip goes side by side', () => {
  expect(names(study({ a: '1,2', b: 'x,y' }, { combine: 'zip' }))).toEqual(['a=1, b=x', 'a=2, b=y']);
  expect(() => names(study({ a: '1,2', b: 'x' }, { combine: 'zip' }))).toThrow('a has 2, b has 1');
});

test('random points are within their ranges, whole where these are, and the same for a seed', () => {
  const random = study({ a: '4..8', b: '0.5..1.5', c: 'x,y' }, { combine: 'random', randomPoints: 200 });
  expect(names(random)).toEqual(names(random));
  expect(names(random)).not.toEqual(names({ ...random, seed: 2 }));
  const values = (name: string) => pointsOf(random).map((point) => point[name]!.text);
  expect(new Set(values('a'))).toEqual(new Set(['4', '5', '6', '7', '8']));
  expect(values('b').every((text) => Number(text) >= 0.5 && Number(text) <= 1.5)).toBe(true);
  expect(new Set(values('c'))).toEqual(new Set(['x', 'y']));
});
