import { C3_KINDS } from './clients/c3/kinds.ts';
import { FINAGLE } from './clients/finagle/kinds.ts';
import { GRPC } from './clients/grpc/kinds.ts';
import { LINKERD } from './clients/linkerd/kinds.ts';
import { PREQUAL } from './clients/prequal/kinds.ts';
import { SUBSETTING } from './clients/subsetting/kinds.ts';
import { ENVOY } from './envoy/kinds.ts';
import { HAPROXY } from './haproxy/kinds.ts';
import { KERNEL } from './kernel/kinds.ts';
import { NGINX } from './nginx/kinds.ts';
import type { Knowledge, Place, StrategyKind } from './strategy.ts';
import { TABLES } from './tables/kinds.ts';
import { THEORY } from './theory/kinds.ts';
import { YARP } from './yarp/kinds.ts';

/** Every strategy that is built in. */
export const STRATEGIES: readonly StrategyKind[] = [
  ...THEORY,
  ...KERNEL,
  ...TABLES,
  ...NGINX,
  ...HAPROXY,
  ...ENVOY,
  ...YARP,
  ...FINAGLE,
  ...LINKERD,
  ...GRPC,
  ...SUBSETTING,
  ...PREQUAL,
  ...C3_KINDS,
];

/** What a strategy may know, the least first: the order of the Pareto front. */
export const KNOWLEDGE: readonly Knowledge[] = [
  'nothing',
  'membership',
  'localCounts',
  'localLatency',
  'reports',
  'idleServers',
  'probes',
  'global',
];

/** Where a strategy may run. */
export const PLACES: readonly Place[] = ['kernel', 'client', 'proxy', 'dispatcher'];
