import type { Dice, Fields } from './dice.ts';

/** Nodes `node-0` and `node-1` are always there. */
export function randomCluster(r: Dice): Fields {
  const zones = r.of([['a'], ['a', 'b', 'c']]);
  const nodes = {
    count: r.of([2, 3, 5]),
    maxCount: 6,
    cpu: r.of([4, 16]),
    memory: '64Gi',
    pods: r.of([10, 110]),
    zones,
  };
  const second = { name: 'spot', count: r.of([0, 2]), maxCount: 3, cpu: 8, memory: '32Gi', zones: ['b'] };
  return {
    ...(r.chance(0.25) ? { nodeGroups: [{ name: 'node', ...nodes }, second] } : { nodes }),
    network: {
      ...r.maybe(0.3, () => ({ sameNode: '0s', sameZone: '0s', crossZone: '0s', external: r.of(['0s', '600ms']) })),
      ...r.maybe(0.3, () => ({ crossZone: r.of(['1us', '80ms']) })),
      deadAddress: r.of(['silent', 'unreachable3s', 'unreachable', 'refused']),
      icmpRateLimit: r.of(['1s', 'none']),
    },
    dataPlane: {
      mode: r.of(['iptables', 'ipvs', 'nftables', 'ebpf']),
      scheduler: r.of(['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'sed', 'sh', 'dh', 'mh', 'nq', 'fo', 'ovf', 'twos']),
      algorithm: r.of(['random', 'maglev']),
      minSyncPeriod: r.of(['0s', '1s', '10s']),
      ...r.maybe(0.3, () => ({ syncTime: r.of(['0s', '2s']), syncTimePerEndpoint: r.of(['0s', '100ms']) })),
      ...r.maybe(0.3, () => ({ resetConnections: true })),
      ruleTime: r.of(['0s', '24ns', '1ms']),
    },
    conntrack: {
      limit: r.of<unknown>(['none', 'auto', 50]),
      timeWait: r.of(['1s', '120s']),
      cleanUDP: r.chance(0.7),
      localPorts: r.of<unknown>(['none', 20]),
    },
    loadBalancer: {
      provider: r.of(['cloud', 'cloud', 'metallb', 'none']),
      provisioning: r.of(['1s', '30s']),
      healthCheck: r.of(['0s', '6s']),
    },
    controllerSync: r.of(['0s', '20ms', '2s']),
    nodeMonitorGracePeriod: r.of(['5s', '50s']),
    watchDelay: r.of(['0s', '100ms', '3s']),
    endpointSlices: {
      batchPeriod: r.of(['0s', '1s']),
      syncTime: r.of(['0s', '10ms']),
      maxEndpointsPerSlice: r.of([2, 100]),
    },
    dns: { cache: r.of(['0s', '5s', '30s']), latency: r.of(['0s', '500us']), ...r.maybe(0.5, () => randomDNS(r)) },
    ...r.maybe(0.15, () => ({ nodeFirewall: r.of([[443], ['30000-32767']]) })),
    podIPReuse: r.of(['0s', '10s', '5m']),
    podCIDRv6: 'fd00:10:244::/48',
    kubelet: {
      schedule: r.of(['0s', '100ms']),
      imagePull: r.of(['0s', '2s', '20s']),
      containerStart: r.of(['0s', '1s']),
      initContainer: r.of(['0s', '1s']),
      jobDuration: r.of(['1s', '30s']),
    },
    ...r.maybe(0.4, () => ({
      autoscaler: { provisioning: '20s', unneededTime: '10s', delayAfterAdd: '10s', utilizationThreshold: 0.9 },
    })),
    hpa: { syncPeriod: r.of(['5s', '15s']), metricsWindow: '10s', metricsDelay: r.of(['0s', '15s']) },
  };
}

function randomDNS(r: Dice): Fields {
  return {
    ttl: r.of(['1s', '30s']),
    server: {
      replicas: r.of([0, 1, 2]),
      serviceTime: r.of<unknown>(['60us', { exponential: '10ms' }]),
      concurrency: r.of([1, 1000]),
      backlog: r.of([0, 5, 256]),
    },
    nodeLocal: r.chance(0.3),
    conntrackRace: r.of<unknown>([null, { probability: 0.1 }, { probability: 1 }]),
  };
}
