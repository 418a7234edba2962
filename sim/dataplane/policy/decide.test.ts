import { describe, expect, test } from 'vitest';
import { metaOf, podOf } from '../../../test/kubernetes-objects.ts';
import type { NetworkPolicy } from '../../cluster/api/networking.ts';
import { PolicyJudge } from './decide.ts';
import type { Party } from './party.ts';

const policyOf = (name: string, spec: Partial<NetworkPolicy['spec']>): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: metaOf(name),
  spec: { podSelector: {}, policyTypes: spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'], ...spec },
});
const partyOf = (name: string, ip: string, nodeName = 'n1', options = {}): Party => {
  const pod = podOf(name, ip, nodeName, options);
  return { ip, pod, nodeName };
};

const [xa, xb, ya] = [partyOf('x/a', '10.1.0.1'), partyOf('x/b', '10.1.0.2', 'n2'), partyOf('y/a', '10.2.0.1')];
const hostPod = partyOf('x/host', '192.168.0.1', 'n1', { hostNetwork: true });
const outside: Party = { ip: '203.0.113.7' };
const [node1, node2]: Party[] = [
  { ip: '192.168.0.1', nodeName: 'n1' },
  { ip: '192.168.0.2', nodeName: 'n2' },
];
const namespaces = new Map([['y', { team: 'blue' }]]);

interface Row {
  name: string;
  policies: NetworkPolicy[];
  from: Party;
  to: Party;
  port?: number;
  allowed: boolean;
  because: RegExp;
}
const isA = { matchLabels: { pod: 'a' } };
const deny = policyOf('x/deny', { ingress: [] });
const rows: Row[] = [
  { name: 'no policy', policies: [], from: ya, to: xa, allowed: true, because: /no policy selects/ },
  {
    name: 'isolated',
    policies: [deny],
    from: ya,
    to: xa,
    allowed: false,
    because: /policy x\/deny isolates x\/a for ingress and no rule allows TCP 80 from y\/a/,
  },
  {
    name: 'a policy of another namespace does not select',
    policies: [deny],
    from: xa,
    to: ya,
    allowed: true,
    because: /no policy selects y\/a/,
  },
  { name: 'to itself', policies: [deny], from: xa, to: xa, allowed: true, because: /always reaches itself/ },
  {
    name: 'policies add up',
    policies: [deny, policyOf('x/open', { ingress: [{}] })],
    from: ya,
    to: xa,
    allowed: true,
    because: /x\/open allows/,
  },
  {
    name: 'a Pod selector alone: the policy’s own namespace',
    policies: [policyOf('x/p', { ingress: [{ from: [{ podSelector: isA }] }] })],
    from: ya,
    to: xb,
    allowed: false,
    because: /x\/p isolates/,
  },
  {
    name: 'both selectors in one entry must match',
    policies: [
      policyOf('x/p', {
        ingress: [{ from: [{ podSelector: isA, namespaceSelector: { matchLabels: { team: 'blue' } } }] }],
      }),
    ],
    from: ya,
    to: xb,
    allowed: true,
    because: /x\/p allows/,
  },
  {
    name: 'two entries are alternatives',
    policies: [
      policyOf('x/p', {
        ingress: [{ from: [{ podSelector: isA }, { namespaceSelector: { matchLabels: { team: 'red' } } }] }],
      }),
    ],
    from: xa,
    to: xb,
    allowed: true,
    because: /x\/p allows/,
  },
  {
    name: 'every namespace has the label of its name',
    policies: [
      policyOf('x/p', {
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'x' } } }] }],
      }),
    ],
    from: ya,
    to: xb,
    allowed: false,
    because: /no rule allows/,
  },
  {
    name: 'an empty namespace selector: all Pods, but nobody outside',
    policies: [policyOf('x/p', { ingress: [{ from: [{ namespaceSelector: {} }] }] })],
    from: outside,
    to: xb,
    allowed: false,
    because: /from 203\.0\.113\.7/,
  },
  {
    name: 'a block',
    policies: [policyOf('x/p', { ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }] })],
    from: outside,
    to: xb,
    allowed: true,
    because: /x\/p allows/,
  },
  {
    name: 'except',
    policies: [
      policyOf('x/p', { ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.0/28'] } }] }] }),
    ],
    from: outside,
    to: xb,
    allowed: false,
    because: /no rule/,
  },
  {
    name: 'egress of the source',
    policies: [policyOf('x/p', { policyTypes: ['Egress'], egress: [] })],
    from: xa,
    to: ya,
    allowed: false,
    because: /for egress and no rule allows TCP 80 to y\/a/,
  },
  {
    name: 'only egress: ingress stays open',
    policies: [policyOf('x/p', { policyTypes: ['Egress'], egress: [] })],
    from: ya,
    to: xa,
    allowed: true,
    because: /no policy selects x\/a for ingress/,
  },
  {
    name: 'a range of ports',
    policies: [policyOf('x/p', { ingress: [{ ports: [{ protocol: 'TCP', port: 8000, endPort: 8010 }] }] })],
    from: ya,
    to: xa,
    port: 8010,
    allowed: true,
    because: /allows/,
  },
  {
    name: 'beyond the range',
    policies: [policyOf('x/p', { ingress: [{ ports: [{ protocol: 'TCP', port: 8000, endPort: 8010 }] }] })],
    from: ya,
    to: xa,
    port: 8011,
    allowed: false,
    because: /TCP 8011/,
  },
  {
    name: 'a named port is the destination’s',
    policies: [policyOf('x/p', { policyTypes: ['Egress'], egress: [{ ports: [{ protocol: 'TCP', port: 'http' }] }] })],
    from: xa,
    to: ya,
    allowed: true,
    because: /allows the egress/,
  },
  {
    name: 'a name that the destination does not have',
    policies: [policyOf('x/p', { ingress: [{ ports: [{ protocol: 'TCP', port: 'grpc' }] }] })],
    from: ya,
    to: xa,
    allowed: false,
    because: /no rule/,
  },
  {
    name: 'another protocol',
    policies: [policyOf('x/p', { ingress: [{ ports: [{ protocol: 'UDP', port: 80 }] }] })],
    from: ya,
    to: xa,
    allowed: false,
    because: /no rule/,
  },
  {
    name: 'a protocol without a port: all of its ports',
    policies: [policyOf('x/p', { ingress: [{ ports: [{ protocol: 'TCP' }] }] })],
    from: ya,
    to: xa,
    allowed: true,
    because: /allows/,
  },
  {
    name: 'a node reaches its own Pods',
    policies: [deny],
    from: node1!,
    to: xa,
    allowed: true,
    because: /a node and its own Pods/,
  },
  { name: 'and not those of others', policies: [deny], from: node2!, to: xa, allowed: false, because: /no rule/ },
  {
    name: 'a Pod in its node’s network is the node',
    policies: [deny],
    from: hostPod,
    to: xa,
    allowed: true,
    because: /a node and its own Pods/,
  },
  {
    name: 'and no policy selects it',
    policies: [deny],
    from: ya,
    to: { ...hostPod, nodeName: 'n3' },
    allowed: true,
    because: /no policy selects x\/host/,
  },
];

describe('network policies', () => {
  test.each(rows)('$name', ({ policies, from, to, port = 80, allowed, because }) => {
    const decision = new PolicyJudge(policies, namespaces).decide({ from, to, port, protocol: 'TCP' });
    expect(decision.allowed).toBe(allowed);
    expect(decision.because).toMatch(because);
  });

  test('ingress looks at whom the destination sees', () => {
    const judge = new PolicyJudge([policyOf('x/p', { ingress: [{ from: [{ podSelector: isA }] }] })], namespaces);
    const connection = { from: xa, to: xb, port: 80, protocol: 'TCP' } as const;
    expect(judge.decide(connection).allowed).toBe(true);
    expect(judge.decide(connection, node1!).allowed).toBe(false);
  });
});
