import { TraceWriter } from '../../sim/trace/writer.ts';

const SECOND = 1e9;
const MINUTE = 60 * SECOND;

export interface FixtureShape {
  /** ns; default 3 h */
  readonly duration?: number;
  /** ns; default 5 s */
  readonly bucket?: number;
  /** Checkout Pods before the change; default 8 */
  readonly checkoutPods?: number;
  /** Write verdict and story; default true */
  readonly story?: boolean;
}

/**
 * A made-up outage with the vocabulary of a real one: frontends keep the Pod IPs of checkout, all checkout Pods are replaced
 * between 30 and 40 minutes, their addresses swallow what is sent to them, until the frontends are restarted at 2 h 40 min.
 * Nothing is simulated: the figures are drawn by a fixed generator. Deterministic.
 */
export function outageTrace(shape: FixtureShape = {}): Uint8Array {
  const { duration = 180 * MINUTE, bucket = 5 * SECOND, checkoutPods = 8, story = true } = shape;
  const chunks: Uint8Array[] = [];
  const clock = new Float64Array(1);
  const writer = new TraceWriter((chunk) => chunks.push(chunk), clock, {
    scenario: 'retail-outage',
    description: 'Hardcoded Pod IPs meet an autoscaling event',
    variant: '',
    seed: 1,
    duration,
    bucket,
    representing: 10,
    svclab: '0.1.0',
    settings: { business: { orderValue: 90 } },
  });
  const world = new FixtureWorld(writer, clock, checkoutPods);
  for (let now = 0; now < duration; now += bucket) {
    world.act(now, now + bucket, duration);
    world.load(now + bucket / 2, bucket, duration);
    clock[0] = Math.min(now + bucket, duration);
    writer.flushBucket();
  }
  writer.close(story ? summaryOf(duration, world.oldPods[0]!) : {});
  return Buffer.concat(chunks);
}

/** When what happens, as parts of the run: so that a shorter or longer run has the same shape. */
const AT = { scale: 0.16, drain: 0.17, replaced: 0.22, restart: 0.89, recovered: 0.9 };

class FixtureWorld {
  readonly oldPods: number[];
  readonly #newPods: number[] = [];
  readonly #ghosts: number[] = [];
  readonly #writer: TraceWriter;
  readonly #clock: Float64Array;
  readonly #nodes: number[];
  readonly #frontends: number[];
  readonly #services: Record<string, number>;
  readonly #clients: Record<string, number>;
  readonly #traffic: number;
  readonly #seriesIds = new Map<string, number>();
  readonly #histograms: number[];
  readonly #fields: Record<string, number>;
  #seed = 12345;
  #done = new Set<string>();

  constructor(writer: TraceWriter, clock: Float64Array, checkoutPods: number) {
    this.#writer = writer;
    this.#clock = clock;
    this.#fields = {
      phase: writer.field('Pod.phase', 'enum', ['pending', 'starting', 'notReady', 'ready', 'terminating', 'gone']),
      node: writer.field('Pod.node', 'object'),
      published: writer.field('Pod.published', 'number'),
      address: writer.field('Pod.address', 'text'),
      nodePhase: writer.field('Node.phase', 'enum', ['provisioning', 'ready', 'draining', 'gone']),
      readyEndpoints: writer.field('Service.readyEndpoints', 'number'),
      desired: writer.field('Workload.desired', 'number'),
      hpa: writer.field('HorizontalPodAutoscaler.desired', 'number'),
    };
    this.#nodes = Array.from({ length: 8 }, (_, i) =>
      writer.object('Node', `node-${i + 1}`, { zone: 'abc'[i % 3]!, pool: i < 4 ? 'general' : 'spot', cpu: 8 }),
    );
    for (const [i, node] of this.#nodes.entries()) this.#set(node, 'nodePhase', i < 6 ? 1 : 0);
    const workload = (name: string) => writer.object('Workload', name, { kind: 'Deployment', namespace: 'shop' });
    const checkout = ['frontend', 'checkout', 'payments', 'cart'].map(workload)[1]!;
    this.#set(checkout, 'desired', checkoutPods);
    writer.object('HorizontalPodAutoscaler', 'checkout', { namespace: 'shop' });
    this.#services = Object.fromEntries(
      ['frontend', 'checkout', 'payments', 'cart'].map((name, i) => [
        name,
        writer.object('Service', name, {
          namespace: 'shop',
          clusterIP: `10.96.0.${10 + i}`,
          type: 'ClusterIP',
          port: 80,
        }),
      ]),
    );
    this.#frontends = Array.from({ length: 5 }, (_, i) => this.#startPod('frontend', i, i % 4, 3));
    this.oldPods = Array.from({ length: checkoutPods }, (_, i) => this.#startPod('checkout', i, i % 4, 3));
    for (let i = 0; i < 3; i++) this.#startPod('payments', i, (i + 1) % 6, 3);
    for (let i = 0; i < 2; i++) this.#startPod('cart', i, (i + 4) % 6, 3);
    for (const [name, count] of [
      ['frontend', 5],
      ['checkout', checkoutPods],
      ['payments', 3],
      ['cart', 2],
    ] as const) {
      this.#set(this.#services[name]!, 'readyEndpoints', count);
    }
    this.#traffic = writer.object('Traffic', 'storefront', { to: 'frontend', from: 'external' });
    const client = (name: string, from: string, target: string, discovery: string) =>
      writer.object('Client', name, {
        [from === 'storefront' ? 'traffic' : 'workload']: from,
        target: this.#services[target]!,
        discovery,
        timeout: '2s',
        retries: 3,
        pool: 100,
      });
    this.#clients = {
      users: client('storefront → frontend', 'storefront', 'frontend', 'external'),
      fixed: client('frontend → checkout (fixed)', 'frontend', 'checkout', 'podIP'),
      dns: client('frontend → checkout', 'frontend', 'checkout', 'dns'),
      cart: client('frontend → cart', 'frontend', 'cart', 'env'),
      pay: client('checkout → payments', 'checkout', 'payments', 'dns'),
    };
    this.#histograms = [
      writer.histogram('user.latency', { traffic: this.#traffic }),
      writer.histogram('call.latency', { client: this.#clients.fixed! }),
      writer.histogram('pool.wait', { client: this.#clients.fixed! }),
    ];
  }

  /** What changes in (from, to]. */
  act(from: number, to: number, duration: number): void {
    const count = this.oldPods.length;
    this.#once('scale', AT.scale, to, duration, () => {
      this.#writer.event(
        'info',
        -1,
        'SuccessfulRescale',
        'New size: 12; reason: cpu resource utilization above target',
      );
    });
    this.#once('node', AT.scale + 0.005, to, duration, () => {
      for (const node of this.#nodes.slice(6)) this.#set(node, 'nodePhase', 1);
    });
    for (let i = 0; i < count; i++) {
      const at = AT.drain + ((AT.replaced - AT.drain) * i) / count;
      this.#once(`start ${i}`, at - 0.008, to, duration, () =>
        this.#newPods.push(this.#startPod('checkout', 100 + i, 4 + (i % 4), 1)),
      );
      this.#once(`ready ${i}`, at - 0.001, to, duration, () => this.#ready(this.#newPods[i]!));
      this.#once(`stop ${i}`, at, to, duration, () => {
        const pod = this.oldPods[i]!;
        this.#set(pod, 'phase', 4);
        this.#set(pod, 'published', 0);
        this.#writer.event('info', pod, 'Killing', `Stopping container checkout: node-${(i % 4) + 1} is drained`);
      });
      this.#once(`gone ${i}`, at + 0.003, to, duration, () => this.#vanish(this.oldPods[i]!, i));
    }
    this.#once('pool', AT.replaced + 0.01, to, duration, () => {
      this.#writer.event(
        'error',
        this.#clients.fixed!,
        'PoolExhausted',
        'All 100 connections wait for addresses that do not answer',
      );
    });
    this.#once('restart', AT.restart, to, duration, () => {
      this.#writer.event('warning', this.#frontends[0]!, 'Restarted', 'deployment/frontend restarted by an operator');
    });
    this.#clock[0] = from + (to - from) / 2;
  }

  /** What is counted in one bucket around `now`. */
  load(now: number, bucket: number, duration: number): void {
    const part = now / duration;
    const seconds = bucket / SECOND;
    const rate = 120 + 260 * Math.sin(Math.PI * Math.min(1, part * 1.1)) * (0.95 + 0.1 * this.#random());
    const sent = Math.round(rate * seconds);
    const dead = this.#ghosts.length / this.oldPods.length;
    const broken = part < AT.recovered ? dead : 0;
    const fails = Math.round(sent * 0.85 * broken * (0.9 + 0.1 * this.#random()));
    const pool = Math.round(fails * 0.35);
    const abandoned = Math.round(fails * 0.15);
    const retried = Math.round((sent - fails) * (0.002 + 0.12 * broken));
    const ended = {
      ok: sent - fails - retried,
      okAfterRetry: retried,
      connectTimeout: fails - pool - abandoned,
      poolTimeout: pool,
      abandoned,
    };
    this.#add('user.sent', { traffic: this.#traffic }, sent);
    for (const [outcome, n] of Object.entries(ended)) this.#add('user.ended', { traffic: this.#traffic, outcome }, n);
    this.#calls('users', this.#frontends, [], sent, 0, seconds);
    this.#calls(
      'fixed',
      part < AT.replaced
        ? this.oldPods.filter((pod) => !this.#done.has(`dead ${pod}`))
        : part < AT.recovered
          ? []
          : this.#newPods,
      part < AT.recovered ? this.#ghosts : [],
      sent * 0.5,
      broken,
      seconds,
    );
    this.#calls('dns', part < AT.drain ? this.oldPods : this.#newPods, [], sent * 0.08, 0, seconds);
    const [latency, call, wait] = this.#histograms as [number, number, number];
    for (let i = 0; i < Math.min(60, sent); i++) {
      const slow = this.#random() < broken * 0.8;
      const value = slow
        ? (1 + Math.floor(this.#random() * 4)) * SECOND * (1 + 0.05 * this.#random())
        : 25e6 * Math.exp(1.1 * (this.#random() + this.#random() - 1) + 1.5 * this.#random() ** 8);
      this.#writer.record(latency, Math.floor(value));
      this.#writer.record(call, Math.floor(value * 0.7));
      this.#writer.record(wait, Math.floor(slow ? value * 0.4 : 0));
    }
    this.#put('pool.size', { client: this.#clients.fixed! }, 100);
    this.#put(
      'pool.inUse',
      { client: this.#clients.fixed! },
      Math.round(8 + rate / 40 + (92 - rate / 40) * Math.min(1, broken * 2)),
    );
    this.#put('pool.waiting', { client: this.#clients.fixed! }, Math.round(broken * 400));
    this.#put('pool.size', { client: this.#clients.dns! }, 100);
    this.#put('pool.inUse', { client: this.#clients.dns! }, Math.round(2 + rate / 90));
  }

  #calls(
    name: string,
    targets: readonly number[],
    ghosts: readonly number[],
    calls: number,
    broken: number,
    seconds: number,
  ): void {
    const client = this.#clients[name]!;
    const alive = Math.round(calls * (1 - broken));
    const lost = Math.round(calls * broken);
    const retries = lost * 2;
    this.#add('call.sent', { client }, Math.round(calls));
    this.#add('retries', { client }, retries);
    if (lost > 0) this.#add('call.ended', { client, outcome: 'connectTimeout' }, lost);
    this.#add('call.ended', { client, outcome: 'ok' }, Math.round(calls) - lost);
    this.#spread(client, targets, alive, 'ok', seconds);
    this.#spread(client, ghosts, lost + retries, 'connectTimeout', seconds);
    const waiting = Math.round(lost * 0.4);
    if (waiting > 0) {
      this.#add('attempt.sent', { client }, waiting);
      this.#add('attempt.ended', { client, outcome: 'poolTimeout' }, waiting);
    }
  }

  #spread(client: number, targets: readonly number[], total: number, outcome: string, seconds: number): void {
    targets.forEach((target, i) => {
      const n = Math.floor(total / targets.length) + (i < total % targets.length ? 1 : 0);
      if (n === 0) return;
      this.#add('attempt.sent', { client, target }, n);
      this.#add('attempt.ended', { client, target, outcome }, n);
      if (outcome !== 'ok') return;
      this.#add('pod.served', { pod: target }, n);
      this.#add('pod.busy', { pod: target }, Math.round(n * 40e6));
      this.#put('pod.cores', { pod: target }, 2000);
      this.#put('pod.inFlight', { pod: target }, Math.round((n * 0.04) / seconds));
    });
  }

  #startPod(workload: string, number: number, node: number, phase: number): number {
    const name = `${workload}-7f${(number * 7919).toString(36).padStart(4, 'x')}`;
    const address = `10.1.${node}.${(number % 200) + 2}`;
    const pod = this.#writer.object('Pod', name, { namespace: 'shop', workload, address });
    this.#set(pod, 'node', this.#nodes[node]!);
    this.#set(pod, 'address', this.#writer.text(address));
    this.#set(pod, 'phase', phase);
    if (phase === 3) this.#set(pod, 'published', 1);
    return pod;
  }

  #ready(pod: number): void {
    this.#set(pod, 'phase', 3);
    this.#set(pod, 'published', 1);
    this.#writer.event('info', pod, 'Ready', 'The readiness probe succeeded; the Pod is published');
  }

  #vanish(pod: number, i: number): void {
    this.#set(pod, 'phase', 5);
    this.#done.add(`dead ${pod}`);
    this.#ghosts.push(
      this.#writer.object('Address', `10.1.${i % 4}.${(i % 200) + 2}`, {
        ip: `10.1.${i % 4}.${(i % 200) + 2}`,
        formerPod: pod,
      }),
    );
    this.#writer.event(
      'warning',
      this.#ghosts.at(-1)!,
      'DeadAddress',
      'A client still connects to this address, and no Pod has it',
    );
  }

  #once(name: string, part: number, now: number, duration: number, act: () => void): void {
    if (this.#done.has(name) || part * duration > now) return;
    this.#done.add(name);
    this.#clock[0] = Math.max(this.#clock[0]!, Math.floor(part * duration));
    act();
  }

  #set(object: number, field: string, value: number): void {
    this.#writer.change(object, this.#fields[field]!, value);
  }

  #add(metric: string, labels: Record<string, string | number>, value: number): void {
    const id = this.#series(metric, 'sum', labels);
    this.#writer.values[id] = this.#writer.values[id]! + value;
  }

  #put(metric: string, labels: Record<string, string | number>, value: number): void {
    this.#writer.values[this.#series(metric, 'gauge', labels)] = value;
  }

  #series(metric: string, kind: 'sum' | 'gauge', labels: Record<string, string | number>): number {
    const key = metric + JSON.stringify(labels);
    let id = this.#seriesIds.get(key);
    if (id === undefined) {
      id = this.#writer.series(metric, kind, labels);
      this.#seriesIds.set(key, id);
    }
    return id;
  }

  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
    return this.#seed / 2 ** 32;
  }
}

function summaryOf(duration: number, pod: number): Record<string, unknown> {
  const at = (part: number) => Math.floor(part * duration);
  return {
    verdict:
      'Checkout failed for 2 h 8 min: eight stale Pod IPs took 85 % of its traffic, while eight fresh Pods stood idle.',
    story: [
      {
        title: 'A normal evening',
        text: 'The frontends resolved checkout once, at start-up, and kept the Pod IPs. Traffic rises with the season.',
        from: 0,
        to: at(AT.scale),
      },
      {
        title: 'The cluster consolidates',
        text: 'The autoscaler asks for more Pods; nodes 1 to 4 are drained. Each checkout Pod is replaced by one on another node, with another address.',
        at: at(AT.drain),
        from: at(0.14),
        to: at(0.25),
        object: pod,
      },
      {
        title: 'Addresses without Pods',
        text: 'The Service publishes the fresh Pods within seconds. 85 % of the requests still go to addresses that nobody has: they vanish, and connect time-outs climb to 1 s and more.',
        at: at(AT.replaced),
        from: at(0.2),
        to: at(0.3),
      },
      {
        title: 'Retries fill the pools',
        text: 'Each lost call is tried three times. All 100 connections of the pool wait for dead addresses; requests queue behind them and users give up.',
        at: at(0.3),
        from: at(0.2),
        to: at(0.5),
      },
      {
        title: 'Restart, and resolve anew',
        text: 'At 2 h 40 min an operator restarts the frontends. They resolve the name again, and within a minute every request is answered.',
        at: at(AT.restart),
        from: at(0.86),
        to: at(0.95),
      },
    ],
  };
}
