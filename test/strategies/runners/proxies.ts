/** What our strategies of proxies make of a case: nginx, HAProxy, Envoy, YARP. */
import { ENVOY } from '../../../sim/strategies/envoy/kinds.ts';
import { HAPROXY } from '../../../sim/strategies/haproxy/kinds.ts';
import { NGINX } from '../../../sim/strategies/nginx/kinds.ts';
import { YARP } from '../../../sim/strategies/yarp/kinds.ts';
import { boundedSlots, maglev, priority, ringHash, slowStart, successRates, zones } from './proxy-figures.ts';
import { placesOnRing, sequence } from './sequences.ts';
import type { Runner } from './tables.ts';

const leastRequest = sequence(ENVOY, 'envoy-least-request');
const envoyRoundRobin = sequence(ENVOY, 'envoy-round-robin');
const nginxRoundRobin = sequence(NGINX, 'nginx-round-robin');
const consistentHash = sequence(NGINX, 'nginx-hash-consistent');
const twoChoices = sequence(YARP, 'yarp-power-of-two-choices');

export const runners: Readonly<Record<string, Runner>> = {
  'smooth-weighted-round-robin': nginxRoundRobin,
  'nginx-round-robin': nginxRoundRobin,
  'nginx-least-conn': sequence(NGINX, 'nginx-least-conn'),
  'nginx-random-two': sequence(NGINX, 'nginx-random-two'),
  'nginx-ip-hash': sequence(NGINX, 'nginx-ip-hash'),
  'nginx-hash': sequence(NGINX, 'nginx-hash'),
  'nginx-hash-consistent': consistentHash,
  'nginx-consistent-hash': consistentHash,
  'haproxy-roundrobin': sequence(HAPROXY, 'haproxy-roundrobin'),
  'haproxy-static-rr': sequence(HAPROXY, 'haproxy-static-rr'),
  'haproxy-leastconn': sequence(HAPROXY, 'haproxy-leastconn'),
  'haproxy-random': sequence(HAPROXY, 'haproxy-random', {}, placesOnRing),
  'haproxy-first': sequence(HAPROXY, 'haproxy-first'),
  'haproxy-source': sequence(HAPROXY, 'haproxy-source'),
  'haproxy-source-bounded': sequence(HAPROXY, 'haproxy-source-bounded'),
  'haproxy-hash-balance-factor': boundedSlots,
  'envoy-round-robin': envoyRoundRobin,
  'envoy-weighted-round-robin': envoyRoundRobin,
  'envoy-edf': envoyRoundRobin,
  'envoy-least-request': leastRequest,
  'envoy-weighted-least-request': leastRequest,
  'envoy-least-request-full-scan': sequence(ENVOY, 'envoy-least-request-full-scan'),
  'envoy-random': sequence(ENVOY, 'envoy-random'),
  'envoy-ring-hash': ringHash,
  'envoy-maglev': maglev,
  'envoy-priority': priority,
  'envoy-slow-start': slowStart,
  'envoy-zone-aware': zones,
  'envoy-outlier-success-rate': successRates,
  'outlier-success-rate': successRates,
  'yarp-power-of-two-choices': twoChoices,
  'yarp-power-of-two': twoChoices,
  'yarp-p2c': twoChoices,
  'yarp-least-requests': sequence(YARP, 'yarp-least-requests'),
  'yarp-round-robin': sequence(YARP, 'yarp-round-robin'),
};
