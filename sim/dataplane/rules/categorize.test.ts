import { describe, expect, test } from 'vitest';
import { inputOf, nodeOf, type ServiceOptions, serviceOf, sliceOf } from '../../../test/kubernetes-objects.ts';
import type { Endpoint } from '../../cluster/api/endpoint-slice.ts';
import { proxyView } from './proxy-view.ts';

type State = 'ready' | 'draining' | 'gone' | 'unready' | 'stuck';
const CONDITIONS: Record<State, Endpoint['conditions']> = {
  ready: { ready: true },
  draining: { ready: false, serving: true, terminating: true },
  gone: { ready: false, serving: false, terminating: true },
  unready: { ready: false, serving: false, terminating: false },
  stuck: { ready: false, serving: true, terminating: false },
};

interface Row {
  node?: 'here' | 'there';
  state?: State;
  zones?: string[];
  nodes?: string[];
}

interface Case {
  name: string;
  service?: ServiceOptions;
  zone?: string;
  endpoints: Row[];
  /** Indices. null: the Service uses no such set. */
  cluster: number[];
  local: number[] | null;
  reachable?: number[];
  hasAny: boolean;
}

const ETP_LOCAL: ServiceOptions = {
  type: 'NodePort',
  externalTrafficPolicy: 'Local',
  ports: [{ name: 'p80', port: 80, nodePort: 30080 }],
};
const ITP_LOCAL: ServiceOptions = { internalTrafficPolicy: 'Local' };

/** The rows of pkg/proxy/topology_test.go TestCategorizeEndpoints, and some that it does not have. */
const cases: Case[] = [
  { name: 'none', endpoints: [], cluster: [], local: null, hasAny: false },
  {
    name: 'all draining: the fallback',
    endpoints: [
      { node: 'here', state: 'draining' },
      { node: 'there', state: 'draining' },
    ],
    cluster: [0, 1],
    local: null,
    hasAny: true,
  },
  {
    name: 'not ready and not terminating: nothing',
    endpoints: [{ state: 'unready' }, { state: 'unready' }],
    cluster: [],
    local: null,
    hasAny: false,
  },
  {
    name: 'serving but neither ready nor terminating: nothing',
    endpoints: [{ state: 'stuck' }],
    cluster: [],
    local: null,
    hasAny: false,
  },
  { name: 'draining and failing: nothing', endpoints: [{ state: 'gone' }], cluster: [], local: null, hasAny: false },
  {
    name: 'a ready one keeps draining ones out',
    endpoints: [{ state: 'draining' }, {}],
    cluster: [1],
    local: null,
    hasAny: true,
  },
  {
    name: 'hints of this zone',
    zone: 'a',
    endpoints: [{ zones: ['a'] }, { zones: ['b'] }, { zones: ['c'] }, { zones: ['a'] }],
    cluster: [0, 3],
    local: null,
    hasAny: true,
  },
  {
    name: 'several zones in a hint',
    zone: 'c',
    endpoints: [{ zones: ['a', 'b', 'c'] }, { zones: ['b', 'c'] }, { zones: ['b', 'd'] }, { zones: ['c'] }],
    cluster: [0, 1, 3],
    local: null,
    hasAny: true,
  },
  {
    name: 'one ready endpoint without a hint turns hints off',
    zone: 'a',
    endpoints: [{ zones: ['a'] }, { zones: ['b'] }, {}],
    cluster: [0, 1, 2],
    local: null,
    hasAny: true,
  },
  {
    name: 'an unready one without a hint does not',
    zone: 'a',
    endpoints: [{ zones: ['a'] }, { zones: ['b'] }, { state: 'unready' }],
    cluster: [0],
    local: null,
    hasAny: true,
  },
  {
    name: 'an unready one of the zone is left out',
    zone: 'a',
    endpoints: [{ zones: ['a'] }, { zones: ['b'] }, { zones: ['a'], state: 'unready' }],
    cluster: [0],
    local: null,
    hasAny: true,
  },
  {
    name: 'a node without a zone takes all',
    endpoints: [{ zones: ['a'] }, { zones: ['b'] }],
    cluster: [0, 1],
    local: null,
    hasAny: true,
  },
  {
    name: 'no hint for this zone: all',
    zone: 'z',
    endpoints: [{ zones: ['a'] }, { zones: ['b'] }],
    cluster: [0, 1],
    local: null,
    hasAny: true,
  },
  {
    name: 'node hints come before zone hints',
    zone: 'a',
    endpoints: [
      { zones: ['a'], nodes: ['here'] },
      { zones: ['a'], nodes: ['there'] },
    ],
    cluster: [0],
    local: null,
    hasAny: true,
  },
  {
    name: 'no node hint for this node: zone hints',
    zone: 'a',
    endpoints: [
      { zones: ['a'], nodes: ['there'] },
      { zones: ['b'], nodes: ['there'] },
    ],
    cluster: [0],
    local: null,
    hasAny: true,
  },
  {
    name: 'hints do not hold for the fallback',
    zone: 'a',
    endpoints: [
      { zones: ['a'], state: 'draining' },
      { zones: ['b'], state: 'draining' },
    ],
    cluster: [0, 1],
    local: null,
    hasAny: true,
  },
  {
    name: 'iTP Local takes those of the node',
    service: ITP_LOCAL,
    endpoints: [{ node: 'here' }, { node: 'there' }],
    cluster: [],
    local: [0],
    reachable: [0],
    hasAny: true,
  },
  {
    name: 'iTP Local, all elsewhere: none, but there are some',
    service: ITP_LOCAL,
    endpoints: [{ node: 'there' }, {}],
    cluster: [],
    local: [],
    reachable: [],
    hasAny: true,
  },
  {
    name: 'iTP Local, none usable anywhere',
    service: ITP_LOCAL,
    endpoints: [{ node: 'there', state: 'unready' }],
    cluster: [],
    local: [],
    reachable: [],
    hasAny: false,
  },
  {
    name: 'eTP Local: both sets',
    service: ETP_LOCAL,
    endpoints: [{ node: 'here' }, { node: 'there' }],
    cluster: [0, 1],
    local: [0],
    reachable: [0, 1],
    hasAny: true,
  },
  {
    name: 'each set falls back by itself',
    service: ETP_LOCAL,
    endpoints: [
      { node: 'there' },
      { node: 'here', state: 'unready' },
      { node: 'here', state: 'draining' },
      { node: 'there', state: 'draining' },
    ],
    cluster: [0],
    local: [2],
    reachable: [0, 2],
    hasAny: true,
  },
  {
    name: 'hints do not hold for Local, and reachable is the union',
    service: ETP_LOCAL,
    zone: 'a',
    endpoints: [
      { node: 'here', zones: ['a'] },
      { node: 'here', zones: ['b'] },
      { node: 'there', zones: ['a'] },
      { node: 'there', zones: ['b'] },
    ],
    cluster: [0, 2],
    local: [0, 1],
    reachable: [0, 1, 2],
    hasAny: true,
  },
  {
    name: 'eTP Local without an external address is as Cluster',
    service: { externalTrafficPolicy: 'Local', type: 'NodePort' },
    endpoints: [{ node: 'there' }],
    cluster: [0],
    local: null,
    hasAny: true,
  },
];

describe('which endpoints', () => {
  test.each(cases)('$name', ({ service = {}, zone, endpoints, cluster, local, reachable = cluster, hasAny }) => {
    const node = nodeOf('here', ['192.168.0.2'], zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone });
    const slice = sliceOf(
      'ns/svc',
      endpoints.map(({ node: on, state = 'ready', zones, nodes }, i) => ({
        ip: `10.0.0.${i}`,
        conditions: CONDITIONS[state],
        ...(on !== undefined && { nodeName: on }),
        hints: {
          ...(zones && { forZones: zones.map((name) => ({ name })) }),
          ...(nodes && { forNodes: nodes.map((name) => ({ name })) }),
        },
      })),
    );
    const [view] = proxyView(
      inputOf([serviceOf('ns/svc', { clusterIP: '172.30.0.1', ...service })], [slice], {}, node),
      'IPv4',
    ).ports;
    const indices = (list: readonly { ip: string }[]) => list.map(({ ip }) => Number(ip.split('.')[3]));
    expect(indices(view!.cluster)).toEqual(cluster);
    expect(indices(view!.local)).toEqual(local ?? []);
    expect(indices(view!.reachable)).toEqual(reachable);
    expect(view!.hasAny).toBe(hasAny);
  });
});
