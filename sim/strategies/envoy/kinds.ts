import type { Knowledge, Strategy, StrategyKind, View } from '../strategy.ts';
import { HashPolicy } from './hash-policy.ts';
import { LeastRequest, type LeastRequestOptions } from './least-request.ts';
import { LocalityFailover } from './locality-failover.ts';
import { Maglev } from './maglev.ts';
import { OUTLIER_INTERVAL, OUTLIER_OPTIONS, OutlierDetection } from './outlier-detection.ts';
import { Random } from './random.ts';
import { RingHash } from './ring-hash.ts';
import { RoundRobin } from './round-robin.ts';
import { NO_SLOW_START } from './slow-start.ts';
import { ZONE_OPTIONS, ZoneAware } from './zone-aware.ts';

const POLICIES = 'envoy source/extensions/load_balancing_policies';

const LEAST_REQUEST = { choiceCount: 2, fullScan: 0, activeRequestBias: 1, ...NO_SLOW_START };
const SLOW_START = { slowStartWindow: 30 };

/** A kind whose options are all there when it is created. */
function kind<Options extends Readonly<Record<string, number>>>(
  about: { name: string; title: string; knows: Knowledge; source: string; period?: number },
  options: Options,
  create: (view: View, options: Options) => Strategy,
): StrategyKind {
  return { ...about, runs: 'proxy', options, create: (view, given) => create(view, { ...options, ...given }) };
}

const leastRequest = (view: View, options: LeastRequestOptions) => new LeastRequest(view, options);

/** Envoy's load balancing policies, and what can be put around them. */
export const ENVOY: readonly StrategyKind[] = [
  kind(
    {
      name: 'envoy-round-robin',
      title: 'in turn, from a random host; different weights by deadlines',
      knows: 'nothing',
      source: `${POLICIES}/round_robin/round_robin_lb.h`,
    },
    NO_SLOW_START,
    (view, options) => new RoundRobin(view, options),
  ),
  kind(
    {
      name: 'envoy-round-robin-slow-start',
      title: 'round robin in which a new host’s weight grows over half a minute',
      knows: 'nothing',
      source: `${POLICIES}/common/load_balancer_impl.cc`,
    },
    { ...NO_SLOW_START, ...SLOW_START },
    (view, options) => new RoundRobin(view, options),
  ),
  kind(
    {
      name: 'envoy-least-request',
      title: 'fewest own requests of two draws; different weights by deadlines, divided by requests',
      knows: 'localCounts',
      source: `${POLICIES}/least_request/least_request_lb.cc`,
    },
    LEAST_REQUEST,
    leastRequest,
  ),
  kind(
    {
      name: 'envoy-least-request-full-scan',
      title: 'fewest own requests of all hosts; of equal ones a random one',
      knows: 'localCounts',
      source: `${POLICIES}/least_request/least_request_lb.cc`,
    },
    { ...LEAST_REQUEST, fullScan: 1 },
    leastRequest,
  ),
  kind(
    {
      name: 'envoy-least-request-slow-start',
      title: 'least request; while a host is new, by deadlines in which its weight grows over half a minute',
      knows: 'localCounts',
      source: `${POLICIES}/common/load_balancer_impl.cc`,
    },
    { ...LEAST_REQUEST, ...SLOW_START },
    leastRequest,
  ),
  kind(
    {
      name: 'envoy-least-request-outlier',
      title: 'least request without hosts that fail again and again, or more often than others; in panic with all',
      knows: 'localCounts',
      source: 'envoy source/common/upstream/outlier_detection_impl.cc',
      period: OUTLIER_INTERVAL,
    },
    { ...LEAST_REQUEST, ...OUTLIER_OPTIONS },
    (view, options) => new OutlierDetection(view, options, (healthy) => leastRequest(healthy, options)),
  ),
  kind(
    {
      name: 'envoy-least-request-zone-aware',
      title: 'least request in the proxy’s own zone, as far as that has hosts for its share of proxies',
      knows: 'localCounts',
      source: `${POLICIES}/common/load_balancer_impl.cc`,
    },
    { ...LEAST_REQUEST, ...ZONE_OPTIONS },
    (view, options) => new ZoneAware(view, options, (zone) => leastRequest(zone, options)),
  ),
  kind(
    {
      name: 'envoy-least-request-locality-failover',
      title: 'least request in the proxy’s own zone; other zones take over as its hosts are ejected as outliers',
      knows: 'localCounts',
      source: `${POLICIES}/common/load_balancer_impl.cc`,
      period: OUTLIER_INTERVAL,
    },
    { ...LEAST_REQUEST, ...OUTLIER_OPTIONS },
    (view, options) =>
      new OutlierDetection(
        view,
        options,
        (healthy) => new LocalityFailover(healthy, view, (level) => leastRequest(level, options)),
      ),
  ),
  kind(
    {
      name: 'envoy-ring-hash',
      title: 'the client’s address on a ring of at least 1024 points',
      knows: 'membership',
      source: `${POLICIES}/ring_hash/ring_hash_lb.cc`,
    },
    { minimumRingSize: 1024, maximumRingSize: 8 * 1024 * 1024, murmur: 0, hashBalanceFactor: 0 },
    (view, options) => new HashPolicy(view, new RingHash(view, options), options.hashBalanceFactor),
  ),
  kind(
    {
      name: 'envoy-maglev',
      title: 'the client’s address in a Maglev table of 65537 entries',
      knows: 'membership',
      source: `${POLICIES}/maglev/maglev_lb.cc`,
    },
    { tableSize: 65537, hashBalanceFactor: 0 },
    (view, options) => new HashPolicy(view, new Maglev(view, options), options.hashBalanceFactor),
  ),
  kind(
    {
      name: 'envoy-maglev-bounded',
      title: 'Maglev; a host with more than 1.5 times its share of own requests is passed over.',
      knows: 'localCounts',
      source: `${POLICIES}/common/thread_aware_lb_impl.cc`,
    },
    { tableSize: 65537, hashBalanceFactor: 150 },
    (view, options) => new HashPolicy(view, new Maglev(view, options), options.hashBalanceFactor),
  ),
  kind(
    {
      name: 'envoy-random',
      title: 'a random host, whatever its weight',
      knows: 'nothing',
      source: `${POLICIES}/random/random_lb.cc`,
    },
    {},
    (view) => new Random(view),
  ),
];
