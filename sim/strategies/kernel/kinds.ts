import type { Knowledge, Strategy, StrategyKind, View } from '../strategy.ts';
import { LeastOfKernel } from './ipvs-least.ts';
import { LocalityOfKernel } from './ipvs-locality.ts';
import { MaglevOfKernel } from './ipvs-maglev.ts';
import { ScheduledOfKernel } from './ipvs-scheduled.ts';
import { TwoOfKernel } from './ipvs-twos.ts';
import { iptablesRandom, nftablesRandom } from './netfilter.ts';

/** A scheduler of ip_vs on each node, which counts the connections of that node alone. */
function ipvs(
  scheduler: string,
  title: string,
  knows: Knowledge,
  create: (view: View, options: Readonly<Record<string, number>>) => Strategy,
  options?: Readonly<Record<string, number>>,
): StrategyKind {
  const source = `linux net/netfilter/ipvs/ip_vs_${scheduler}.c`;
  const kind: StrategyKind = { name: `ipvs-${scheduler}`, title, knows, runs: 'kernel', source, create };
  return options === undefined ? kind : { ...kind, options };
}

/** What kube-proxy has the kernels of clients' nodes do. */
export const KERNEL: readonly StrategyKind[] = [
  iptablesRandom,
  nftablesRandom,
  ipvs('rr', 'one after the other, the newest first', 'nothing', (view) => new ScheduledOfKernel(view, 'rr')),
  ipvs('wrr', 'in turns, above a bar of weight that falls', 'nothing', (view) => new ScheduledOfKernel(view, 'wrr')),
  ipvs('lc', 'the fewest connections of this node', 'localCounts', (view) => new LeastOfKernel(view, 'lc')),
  ipvs('wlc', 'the fewest for its weight', 'localCounts', (view) => new LeastOfKernel(view, 'wlc')),
  ipvs('sed', 'the shortest delay to expect for its weight', 'localCounts', (view) => new LeastOfKernel(view, 'sed')),
  ipvs('nq', 'the first that is idle, else as sed', 'localCounts', (view) => new LeastOfKernel(view, 'nq')),
  ipvs('twos', 'the less loaded of two drawn by weight', 'localCounts', (view) => new TwoOfKernel(view)),
  ipvs(
    'sh',
    'by a hash of the client’s address, in 256 buckets',
    'membership',
    (view) => new ScheduledOfKernel(view, 'sh'),
  ),
  ipvs(
    'mh',
    'Maglev by the client’s address, and its port unless port=0',
    'membership',
    (view, { port }) => new MaglevOfKernel(view, port !== 0),
    { port: 1 },
  ),
  ipvs(
    'dh',
    'by a hash of the virtual address: one backend for all',
    'membership',
    (view) => new ScheduledOfKernel(view, 'dh'),
  ),
  ipvs(
    'lblc',
    'the backend of the virtual address, until it is overloaded',
    'localCounts',
    (view) => new LocalityOfKernel(view, false),
  ),
  ipvs(
    'lblcr',
    'a set of backends for the virtual address, which grows',
    'localCounts',
    (view) => new LocalityOfKernel(view, true),
  ),
  ipvs(
    'ovf',
    'the heaviest, until it has more connections than weight',
    'localCounts',
    (view) => new LeastOfKernel(view, 'ovf'),
  ),
  ipvs('fo', 'the heaviest, and the others when it is gone', 'membership', (view) => new LeastOfKernel(view, 'fo')),
];
