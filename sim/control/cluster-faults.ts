import type { Node } from '../cluster/api/node.ts';
import type { Deployment } from '../cluster/api/workloads.ts';
import { formatDuration } from '../cluster/duration.ts';
import { withMarks } from '../cluster/release-marks.ts';
import { zoneOf } from '../cluster/zone.ts';
import type { ClusterFault, NodeScope, ReleaseFault } from '../input/timeline-faults.ts';
import type { ControlContext } from './context.ts';
import type { Mends } from './mends.ts';
import type { NodeFailures } from './nodes/node-failure.ts';
import { recordOfWorkload } from './record-workload.ts';
import { previousTemplate } from './workloads/rollback.ts';

type Of<A extends ClusterFault['action']> = Extract<ClusterFault, { action: A }>;

/** What is broken beyond the control plane: the data plane and the clients' trust. */
export interface Beyond {
  /** The kube-proxies of a node program nothing. Times are ns. */
  stick(node: Node, from: number, to: number): void;
  /** What is published within the span is heard later. */
  lag(from: number, to: number, added: number): void;
  /** The certificate of a workload has expired, or has been renewed. */
  setExpired(workload: string, expired: boolean): void;
}

/** What breaks and is mended: each fault begins at its time, and what it did is undone after its duration. */
export class ClusterFaults {
  readonly #context: ControlContext;
  readonly #failures: NodeFailures;
  readonly #beyond: Beyond;
  readonly #mends: Mends;
  readonly #expired = new Map<string, number>();

  constructor(context: ControlContext, mends: Mends, failures: NodeFailures, beyond: Beyond) {
    this.#context = context;
    this.#failures = failures;
    this.#beyond = beyond;
    this.#mends = mends;
  }

  begin(fault: ClusterFault): void {
    switch (fault.action) {
      case 'stuckProxy':
        return this.#stick(fault);
      case 'apiServer':
        return this.#stopAPI(fault);
      case 'lag':
        return this.#lag(fault);
      case 'cutOff':
        return this.#cutOff(fault);
      case 'deploy':
        return this.#context.disturbances.whenUp(() => this.#deploy(fault));
      case 'rollback':
        return this.#context.disturbances.whenUp(() => this.#rollBack(fault.deployment));
      case 'certificate':
        return this.#expire(fault);
    }
  }

  #stick({ scope, duration }: Of<'stuckProxy'>): void {
    const now = this.#context.engine.clock[0]!;
    for (const node of this.#nodesOf(scope)) {
      const text = `kube-proxy on ${node.metadata.name} is stuck: it keeps the rules that it has`;
      this.#context.record('error', node, 'ProxyStuck', forSoLong(text, duration));
      this.#beyond.stick(node, now, now + duration);
      this.#mends.after(duration, () => {
        this.#context.record('warning', node, 'ProxyResumed', `kube-proxy on ${node.metadata.name} goes on`);
      });
    }
  }

  #stopAPI({ duration }: Of<'apiServer'>): void {
    const { disturbances } = this.#context;
    this.#tell('APIServerDown', forSoLong('The API server answers nobody', duration));
    disturbances.down();
    this.#mends.after(duration, () => {
      this.#tell('APIServerUp', 'The API server answers again');
      disturbances.up();
    });
  }

  #lag({ watch, endpointSlices, controllers, duration }: Of<'lag'>): void {
    const { disturbances, engine } = this.#context;
    const now = engine.clock[0]!;
    const parts = Object.entries({ watch, endpointSlices, controllers }).filter(([, added]) => added > 0);
    const text = parts.map(([what, added]) => `${what} by ${formatDuration(added)}`).join(', ');
    this.#tell('ControlPlaneLag', forSoLong(`The control plane is late: ${text}`, duration));
    this.#beyond.lag(now, now + duration, watch);
    disturbances.endpointSlices += endpointSlices;
    disturbances.controllers += controllers;
    this.#mends.after(duration, () => {
      this.#tell('ControlPlaneCaughtUp', 'The control plane is in time again');
      disturbances.endpointSlices -= endpointSlices;
      disturbances.controllers -= controllers;
    });
  }

  #cutOff({ scope, duration }: Of<'cutOff'>): void {
    const now = this.#context.engine.clock[0]!;
    for (const node of this.#nodesOf(scope)) {
      const text = `${node.metadata.name} does not reach the API server`;
      this.#context.record('error', node, 'NodeCutOff', forSoLong(text, duration));
      this.#beyond.stick(node, now, now + duration);
      this.#failures.cutOff(node, duration);
      this.#mends.after(duration, () => {
        this.#context.record('warning', node, 'NodeReconnected', `${node.metadata.name} reaches the API server again`);
      });
    }
  }

  #deploy({ deployment: key, fault, duration }: Of<'deploy'>): void {
    const { store, record, engine } = this.#context;
    const deployment = store.withKey('Deployment', key);
    if (deployment === undefined) return;
    record('warning', deployment, 'Deploy', `A new release of ${key} is rolled out${whatIsWrong(fault)}`);
    const { template } = deployment.spec;
    const annotations = {
      ...withMarks(template.metadata.annotations, fault),
      'svclab.dev/released-at': formatDuration(engine.clock[0]!),
    };
    this.#setTemplate(deployment, { ...template, metadata: { ...template.metadata, annotations } });
    this.#mends.after(duration, () => this.#context.disturbances.whenUp(() => this.#rollBack(key)));
  }

  /** As `kubectl rollout undo`. */
  #rollBack(key: string): void {
    const { store, record } = this.#context;
    const deployment = store.withKey('Deployment', key);
    if (deployment === undefined) return;
    const template = previousTemplate(this.#context, deployment);
    if (template === undefined) return;
    record('warning', deployment, 'Rollback', `An operator rolls ${key} back (rollout undo)`);
    this.#setTemplate(deployment, template);
  }

  #setTemplate(deployment: Deployment, template: Deployment['spec']['template']): void {
    deployment.spec.template = template;
    deployment.metadata.generation++;
    this.#context.store.update(deployment);
  }

  #expire({ workload, duration }: Of<'certificate'>): void {
    const count = (this.#expired.get(workload) ?? 0) + 1;
    this.#expired.set(workload, count);
    const text = `The certificate of ${workload} has expired: new connections to it fail`;
    recordOfWorkload(this.#context, workload, 'CertificateExpired', forSoLong(text, duration));
    this.#beyond.setExpired(workload, true);
    this.#mends.after(duration, () => {
      const left = this.#expired.get(workload)! - 1;
      this.#expired.set(workload, left);
      if (left > 0) return;
      recordOfWorkload(
        this.#context,
        workload,
        'CertificateRenewed',
        `The certificate of ${workload} has been renewed`,
      );
      this.#beyond.setExpired(workload, false);
    });
  }

  #nodesOf({ nodes, zone }: NodeScope): Node[] {
    const isMeant = (node: Node) =>
      nodes.length > 0 ? nodes.includes(node.metadata.name) : zone === null || zoneOf(node) === zone;
    return [...this.#context.store.list('Node')].filter(isMeant);
  }

  /** An event of the API server itself is one of its Service. */
  #tell(reason: string, message: string): void {
    const { store, record } = this.#context;
    const about = store.get('Service', 'default', 'kubernetes') ?? [...store.list('Node')][0];
    if (about !== undefined) record('error', about, reason, message);
  }
}

function forSoLong(text: string, duration: number): string {
  return duration === Infinity ? text : `${text}, for ${formatDuration(duration)}`;
}

function whatIsWrong({ ready, pulls, slower, errors }: ReleaseFault): string {
  const faults = [
    ...(ready ? [] : ['its Pods never become ready']),
    ...(pulls ? [] : ['its image cannot be pulled']),
    ...(slower === 1 ? [] : [`requests take ${slower} times the CPU`]),
    ...(errors === 0 ? [] : [`${Math.round(errors * 1000) / 10} % of requests fail`]),
  ];
  return faults.length === 0 ? '' : `: ${faults.join(', ')}`;
}
