import { describe, expect, test } from 'vitest';
import { Faults } from './faults.ts';
import { child, type Tree, toValue } from './tree.ts';
import { type Setting, withSettings } from './variant.ts';
import { readYaml } from './yaml.ts';

const TEXT = `
clients: {web: {timeout: 2s}}
workloads:
- {for: deployment/frontend, calls: [{to: 'http://checkout:80', share: 1}, {to: 'http://cart.shop', share: 1}]}
- {for: shop/deployment/cart}
traffic: [{name: storefront, client: web}]
set: {SETTINGS}
`;

function apply(settings: string) {
  const faults = new Faults();
  const [file] = readYaml('f.yaml', TEXT.replace('SETTINGS', settings), faults) as [Tree];
  const set = child(file, 'set');
  if (set?.type !== 'mapping') throw new Error('no settings');
  const list = [...set.entries].map(
    ([path, { value, keyPlace }]): Setting => ({ path, value, place: keyPlace, at: ['set', path] }),
  );
  const before = JSON.stringify(toValue(file));
  const value = toValue(withSettings(file, list, faults)) as Record<string, never>;
  expect(JSON.stringify(toValue(file))).toBe(before); // the given tree stays as it is
  return { value, errors: faults.errors.map(({ column, text, fix }) => ({ column, text, fix })) };
}

describe('a path leads to', () => {
  test.each([
    ['a field that is there', 'clients.web.timeout: 3s', { clients: { web: { timeout: '3s' } } }],
    ['a field that is not', 'clients.web.retries.max: 0', { clients: { web: { timeout: '2s', retries: { max: 0 } } } }],
    ['a new section', 'cluster.dns.cache: 0s', { cluster: { dns: { cache: '0s' } } }],
    ['a new entry', 'clients.new: {preset: go}', { clients: { web: { timeout: '2s' }, new: { preset: 'go' } } }],
    ['an element by its name', 'traffic.storefront.client: go', { traffic: [{ name: 'storefront', client: 'go' }] }],
    ['an element by its index', 'traffic.0.client: go', { traffic: [{ name: 'storefront', client: 'go' }] }],
    ['an element as a whole', 'traffic.storefront: {name: x}', { traffic: [{ name: 'x' }] }],
    ['a list as a whole', 'traffic: []', { traffic: [] }],
  ])('%s', (_, settings, expected) => {
    const { value, errors } = apply(settings);
    expect(errors).toEqual([]);
    expect(value).toMatchObject(expected);
  });

  test.each([
    'workloads.frontend.calls.checkout.share',
    'workloads.deployment/frontend.calls.0.share',
    'workloads.0.calls.checkout.share',
  ])('a call, as %s', (path) => {
    const { value, errors } = apply(`${path}: 0.5`);
    expect(errors).toEqual([]);
    expect((value as unknown as { workloads: { calls: unknown }[] }).workloads[0]!.calls).toEqual([
      { to: 'http://checkout:80', share: 0.5 },
      { to: 'http://cart.shop', share: 1 },
    ]);
  });
});

test('the order of settings does not matter, even if one renames what another changes', () => {
  const to = 'workloads.frontend.calls.cart.to: http://other';
  const share = 'workloads.frontend.calls.cart.share: 0.25';
  expect(apply(`${to}, ${share}`)).toMatchObject({ errors: [] });
  expect(apply(`${to}, ${share}`).value.workloads).toEqual(apply(`${share}, ${to}`).value.workloads);
});

test.each([
  ['workloads.fronted.calls: []', 'workloads has no element "fronted"', 'did you mean "frontend"?'],
  [
    'workloads.frontend.calls.chekout.share: 1',
    'workloads.frontend.calls has no element "chekout"',
    'did you mean "checkout"?',
  ],
  ['traffic.7.client: go', 'traffic has no element "7"', undefined],
  ['clients.wbe.timeout: 1s', 'clients has no "wbe"', 'did you mean "web"?'],
  ['clients.web.timeout.max: 1s', 'clients.web.timeout has nothing below it', undefined],
  ['timeline.0.at: 1s', 'the scenario has no "timeline"', undefined],
])('%s leads nowhere', (settings, text, fix) => {
  const { value, errors } = apply(settings);
  expect(errors).toEqual([{ column: 7, text, fix }]);
  expect({ ...value, set: null }).toEqual({ ...apply('').value, set: null });
});
