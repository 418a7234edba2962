import type { StrategyKind } from '../../strategy.ts';
import { Listed, Turns } from '../lists.ts';

export const roundRobin: StrategyKind = {
  name: 'grpc-round-robin',
  title: 'one backend after the other, from a random one on after each change',
  knows: 'nothing',
  runs: 'client',
  source: 'grpc-go balancer/roundrobin, balancer/endpointsharding',
  create: (view) => new Listed(new Turns(view), () => view.members.slice(0, view.count)),
};
