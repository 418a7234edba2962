import { expect, test } from 'vitest';
import { parseSelector } from './selector-text.ts';

/** @source kubernetes/apimachinery pkg/labels/selector_test.go TestSelectorMatches */
const matching: [selector: string, labels: Record<string, string>, matches: boolean][] = [
  ['', { x: 'y' }, true],
  ['x=y', { x: 'y' }, true],
  ['x=y,z=w', { x: 'y', z: 'w' }, true],
  ['x!=y,z!=w', { x: 'z', z: 'a' }, true],
  ['notin=in', { notin: 'in' }, true],
  ['x', { x: 'z' }, true],
  ['!x', { y: 'z' }, true],
  ['x>1', { x: '2' }, true],
  ['x<1', { x: '0' }, true],
  ['x=z', {}, false],
  ['x=y', { x: 'z' }, false],
  ['x=y,z=w', { x: 'w', z: 'w' }, false],
  ['x!=y,z!=w', { x: 'z', z: 'w' }, false],
  ['x', { y: 'z' }, false],
  ['!x', { x: 'z' }, false],
  ['x>1', { x: '0' }, false],
  ['x<1', { x: '2' }, false],
  ['foo=bar', { foo: 'bar', baz: 'blah' }, true],
  ['baz=blah', { foo: 'bar', baz: 'blah' }, true],
  ['foo=bar,baz=blah', { foo: 'bar', baz: 'blah' }, true],
  ['foo=blah', { foo: 'bar', baz: 'blah' }, false],
  ['baz=bar', { foo: 'bar', baz: 'blah' }, false],
  ['foo=bar,foobar=bar,baz=blah', { foo: 'bar', baz: 'blah' }, false],
  ['x in (a,b)', { x: 'b' }, true],
  ['x in (a, b)', { x: 'c' }, false],
  ['x notin (a,b)', { x: 'c' }, true],
  ['x notin (a)', {}, true],
  ['x notin (a)', { x: 'a' }, false],
  ['x in (,a)', { x: '' }, true],
  ['app==web,!canary', { app: 'web' }, true],
  ['example.com/tier=front', { 'example.com/tier': 'front' }, true],
  ['constructor', {}, false],
];
test.each(matching)('%s on %o: %s', (selector, labels, matches) => {
  expect(parseSelector(selector)(labels)).toBe(matches);
});

/** @source kubernetes/apimachinery pkg/labels/selector_test.go TestSelectorParse */
const parsing: [selector: string, valid: boolean][] = [
  ['x=a,y=b,z=c', true],
  ['', true],
  ['x!=a,y=b', true],
  ['x=', true],
  ['x= ', true],
  ['x=,z= ', true],
  ['x= ,z= ', true],
  ['!x', true],
  ['x>1', true],
  ['x>1,z<5', true],
  ['x=a||y=b', false],
  ['x==a==b', false],
  ['!x=a', false],
  ['x<a', false],
  ['x in (a', false],
  ['x in a', false],
  ['x,,y', false],
  [',', false],
  ['x=a,', false],
  ['-x=1', false],
  ['x/y/z=1', false],
  ['x~y', false],
  ['x>', false],
];
test.each(parsing)('"%s" is valid: %s', (selector, valid) => {
  if (valid) parseSelector(selector);
  else expect(() => parseSelector(selector)).toThrow('unable to parse');
});
