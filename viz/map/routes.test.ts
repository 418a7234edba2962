import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTrace } from '../../sim/trace/reader.ts';
import { TraceWriter } from '../../sim/trace/writer.ts';
import type { Flow } from '../data/flows.ts';
import { groupOf, OUTCOME_GROUPS } from '../data/outcome-groups.ts';
import { World } from '../data/world.ts';
import { mapLayout } from './layout.ts';
import { Routes } from './routes.ts';

const PODS = 4;

/** One client that finds its Pods in these ways, and the routes on its map. */
function routesFor(shares: Record<string, number>): { routes: Routes; client: number; pods: number[] } {
  const chunks: Uint8Array[] = [];
  const writer = new TraceWriter((chunk) => chunks.push(chunk), new Float64Array(1), {
    scenario: 's',
    description: '',
    variant: '',
    seed: 1,
    duration: 1e9,
    bucket: 1e9,
    representing: 1,
    svclab: '0',
    settings: {},
  });
  const onNode = writer.field('Pod.node', 'object');
  const target = writer.object('Service', 'checkout', { namespace: 'shop' });
  const node = writer.object('Node', 'n', { zone: 'a' });
  const pods = Array.from({ length: PODS }, (_, i) => writer.object('Pod', `p${i}`, { workload: 'checkout' }));
  for (const pod of pods) writer.change(pod, onNode, node);
  const discovery = Object.keys(shares).join('+');
  const client = writer.object('Client', 'c', { target, discovery, discoveryShares: JSON.stringify(shares) });
  writer.close({});
  const world = new World(readTrace(Buffer.concat(chunks)));
  return { routes: new Routes(world, mapLayout(world, 1000, 300)), client, pods };
}

function flow(client: number, target: number, rate: number): Flow {
  const rates = new Float64Array(OUTCOME_GROUPS.length);
  rates[groupOf('ok')] = rate;
  return { client, target, rates, rate };
}

describe('a client of which some processes keep addresses and others ask', () => {
  const { routes, client, pods } = routesFor({ podIP: 0.85, dns: 0.15 });
  const directRate = (flows: Flow[], isPublished: (pod: number) => boolean) =>
    routes
      .shared(flows, isPublished)
      .reduce((sum, { isDirect, share, flow }) => sum + (isDirect ? share * flow.rate : 0), 0);

  test('sends by its shares while all targets are published', () => {
    const flows = pods.map((pod) => flow(client, pod, 25));
    expect(directRate(flows, () => true)).toBeCloseTo(85);
  });

  test('sends straight to what is not published, and the rest of that share to the others', () => {
    const flows = pods.map((pod) => flow(client, pod, 25));
    const shown = routes.shared(flows, (pod) => pod !== pods[0]);
    expect(shown.filter(({ flow }) => flow.target === pods[0]).map(({ isDirect, share }) => [isDirect, share])).toEqual(
      [[true, 1]],
    );
    expect(directRate(flows, (pod) => pod !== pods[0])).toBeCloseTo(85);
  });

  test('when more is lost than its share, the others are reached through the Service only', () => {
    const flows = pods.map((pod, i) => flow(client, pod, i === 0 ? 970 : 10));
    expect(directRate(flows, (pod) => pod !== pods[0])).toBeCloseTo(970);
  });
});

test('the ways of a flow always add up to the flow, wherever it goes', () => {
  const rates = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: PODS, maxLength: PODS });
  fc.assert(
    fc.property(rates, fc.integer({ min: 5, max: 95 }), fc.nat(2 ** PODS - 1), (drawn, percent, published) => {
      const { routes, client, pods } = routesFor({ podIP: percent / 100, dns: 1 - percent / 100 });
      const flows = [...pods.map((pod, i) => flow(client, pod, drawn[i]!)), flow(client, -1, 5)];
      const shown = routes.shared(flows, (pod) => ((published >> pods.indexOf(pod)) & 1) === 1);
      for (const one of flows) {
        const total = shown.filter((route) => route.flow === one).reduce((sum, { share }) => sum + share, 0);
        expect(total).toBeGreaterThan(0.98); // ways of less than 1 % are left out
        expect(total).toBeLessThanOrEqual(1 + 1e-9);
      }
    }),
    { numRuns: 50 },
  );
});

test('clients of one kind of discovery go that way alone', () => {
  for (const [kind, isDirect] of [
    ['podIP', true],
    ['headless', true],
    ['dns', false],
    ['env', false],
  ] as const) {
    const { routes, client, pods } = routesFor({ [kind]: 1 });
    expect(routes.shared([flow(client, pods[0]!, 1)], () => false).map((route) => route.isDirect)).toEqual([isDirect]);
  }
});
