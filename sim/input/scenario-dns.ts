import { z } from 'zod';
import { distribution } from './scenario-distribution.ts';
import { count, cpu, duration, section, share } from './scenario-fields.ts';

const server = section({
  replicas: count(0).max(100).default(2).describe('Pods of the Deployment kube-system/coredns; kubeadm makes 2.'),
  serviceTime: distribution
    .prefault('60us')
    .describe(
      'CPU time of one query. CoreDNS answered 33,669 queries/s of cluster names with two cores (its Scaling_CoreDNS.md).',
    ),
  concurrency: count(1).default(1000).describe('Queries that a Pod works on at once.'),
  cores: cpu().prefault(2).describe('Cores that serve them; kubeadm sets no CPU limit.'),
  backlog: count(0)
    .default(256)
    .describe(
      'Datagrams that wait in the socket; more are dropped in silence. A receive buffer of 208 KiB holds about so many.',
    ),
});

/** How names are resolved in the cluster. */
export const dnsSection = section({
  ttl: duration().prefault('30s').describe('Of answers; kubeadm’s Corefile says 30, CoreDNS itself 5.'),
  cache: duration()
    .prefault('30s')
    .describe(
      'Without `server`: a resolver’s cache in the client keeps an answer at most so long; 0: none. With it, a client’s `resolver` says so.',
    ),
  latency: duration().prefault('500us').describe('Without `server`: one question, there and back.'),
  server: server
    .nullable()
    .default(null)
    .describe(
      'The DNS server is simulated: each query goes to one of its Pods, and may wait, be lost or fail. A Deployment coredns and a Service kube-dns in kube-system are made unless the manifests have that Service. `{}` takes the defaults; without it a question always succeeds.',
    ),
  nodeLocal: z
    .boolean()
    .default(false)
    .describe('NodeLocal DNSCache: a cache on each node, which asks the server by TCP. With `server`.'),
  conntrackRace: section({
    probability: share().describe('Share of pairs of A and AAAA from one new socket of which the second is lost.'),
  })
    .nullable()
    .default(null)
    .describe(
      'The race in the kernel’s connection tracking that loses one of two datagrams sent at once from one socket. With `server`; not in mode ebpf.',
    ),
});
