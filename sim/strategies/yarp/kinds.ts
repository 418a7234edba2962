import type { StrategyKind } from '../strategy.ts';
import { LeastRequests, PowerOfTwoChoices, RoundRobin } from './policies.ts';

const SOURCE = 'microsoft/reverse-proxy src/ReverseProxy/LoadBalancing';

/** Policies of YARP that others do not have in the same form. */
export const YARP: readonly StrategyKind[] = [
  {
    name: 'yarp-power-of-two-choices',
    title: 'fewer own requests of two different ones; on a tie the first',
    knows: 'localCounts',
    runs: 'proxy',
    source: `${SOURCE}/PowerOfTwoChoicesLoadBalancingPolicy.cs`,
    create: (view) => new PowerOfTwoChoices(view),
  },
  {
    name: 'yarp-least-requests',
    title: 'the fewest own requests; of equal ones the first',
    knows: 'localCounts',
    runs: 'proxy',
    source: `${SOURCE}/LeastRequestsLoadBalancingPolicy.cs`,
    create: (view) => new LeastRequests(view),
  },
  {
    name: 'yarp-round-robin',
    title: 'in turn; all proxies begin with the first',
    knows: 'nothing',
    runs: 'proxy',
    source: `${SOURCE}/RoundRobinLoadBalancingPolicy.cs`,
    create: (view) => new RoundRobin(view),
  },
];
