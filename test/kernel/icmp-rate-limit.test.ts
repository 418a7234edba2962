import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ICMPRateLimit, synTimes } from '../../sim/dataplane/icmp-rate-limit.ts';
import { compileIptables } from '../../sim/dataplane/iptables/compile.ts';
import { saveIptables } from '../../sim/dataplane/iptables/save.ts';
import { proxyView } from '../../sim/dataplane/rules/proxy-view.ts';
import { inputOf, nodeOf, serviceOf } from '../kubernetes-objects.ts';
import { CLIENT_IP, Lab, NODE_IPS, whatIsMissing } from './lab.ts';

const missing = whatIsMissing();

const CONNECTS = 100;
/** ms. */
const EVERY = 20;
const PATIENCE = 8500;

interface Counts {
  /** Before the SYN would have been sent again. */
  atOnce: number;
  late: number;
  hanging: number;
}

describe.skipIf(missing !== null)('100 connects at 50/s to a Service without endpoints, ICMP errors limited', () => {
  let lab: Lab;
  beforeAll(() => {
    lab = new Lab();
  });
  afterAll(() => lab?.close());

  test('as many are refused at once, late or hang as the token bucket says', async () => {
    const clusterIP = '172.30.0.1';
    const input = inputOf([serviceOf('a/b', { clusterIP })], [], {}, nodeOf('here', NODE_IPS));
    lab.run('node', ['iptables-restore'], saveIptables(compileIptables(proxyView(input, 'IPv4')), 'test'));
    const request = {
      group: '',
      from: CLIENT_IP,
      host: clusterIP,
      port: 80,
      count: CONNECTS,
      timeout: PATIENCE,
      every: EVERY,
    };
    const [results] = await lab.probe('client', [request]);
    const measured = countsOf(results!.map(({ outcome, took }) => (outcome === 'timeout' ? null : took)));
    const linear = Number(lab.run('client', ['sysctl', '-ne', 'net.ipv4.tcp_syn_linear_timeouts']) || 0);
    const predicted = predict(linear);
    console.info(`measured ${JSON.stringify(measured)}, predicted ${JSON.stringify(predicted)}`);
    // Timers of a busy machine slip, and with them the winner of a token; their number does not.
    expect(Math.abs(measured.atOnce - predicted.atOnce)).toBeLessThanOrEqual(3);
    expect(Math.abs(measured.late - predicted.late)).toBeLessThanOrEqual(4);
    expect(Math.abs(measured.hanging - predicted.hanging)).toBeLessThanOrEqual(4);
  }, 60_000);
});

/** @param linear of the kernel, see `synTimes` */
function predict(linear: number): Counts {
  const limit = new ICMPRateLimit();
  const times = synTimes(linear);
  const syns = Array.from({ length: CONNECTS }, (_, i) =>
    times.map((at) => ({ i, at: i * EVERY + at / 1e6, took: at / 1e6 })),
  );
  const refusedAfter = new Array<number | null>(CONNECTS).fill(null);
  for (const { i, at, took } of syns.flat().toSorted((a, b) => a.at - b.at)) {
    if (refusedAfter[i] === null && took < PATIENCE && limit.allows(0, Float64Array.of(at * 1e6)))
      refusedAfter[i] = took;
  }
  return countsOf(refusedAfter);
}

function countsOf(refusedAfter: readonly (number | null)[]): Counts {
  const atOnce = refusedAfter.filter((took) => took !== null && took < 900).length;
  const hanging = refusedAfter.filter((took) => took === null).length;
  return { atOnce, late: refusedAfter.length - atOnce - hanging, hanging };
}
