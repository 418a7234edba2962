import type { Dice, Fields } from './dice.ts';
import { type RandomApp, service } from './random-workloads.ts';

/** Up to six entries of any kind, faults of all lengths. */
export function randomTimeline(r: Dice, apps: readonly RandomApp[], cluster: Fields): Fields[] {
  const hasServer = JSON.stringify(cluster.dns).includes('"server"');
  return Array.from({ length: r.of([0, 1, 2, 4, 6, 9]) }, () => randomEntry(r, apps, hasServer));
}

function randomEntry(r: Dice, apps: readonly RandomApp[], hasServer: boolean): Fields {
  const at = `${r.of([0, 5, 5.5, 20, 21, 40])}s`;
  const length = r.maybe(0.8, () => ({ for: r.of(['100ms', '5s', '25s']) }));
  const node = `node-${r.of([0, 1])}`;
  const app = r.of(apps);
  const workload = `${app.kind.toLowerCase()}/${app.name}`;
  const deployment = apps.find(({ kind }) => kind === 'Deployment')?.name;
  const scope = r.of<Fields>([{ nodes: [node] }, { zone: 'a' }, {}]);
  const lasting = r.of<() => Fields>([
    () => ({ fail: r.of([{ node }, { zone: 'a' }]) }),
    () => ({ pressure: node, evict: r.of([1, 3]) }),
    () => ({
      degrade: { pods: workload, share: r.of([0.5, 1]), ...r.of([{ slower: 10 }, { errors: 0.3 }, { hang: true }]) },
    }),
    () => ({ degrade: { ...r.of([{ node }, { zone: 'a' }]), slower: 3 } }),
    () => ({ stuckProxy: scope }),
    () => ({
      link: {
        between: r.of([['zone/a'], ['zone/a', 'external'], [`node/${node}`], ['node/node-0', 'node/node-1']]),
        ...r.of<Fields>([{ cut: true }, { delay: '50ms', jitter: r.of(['0s', '20ms']) }, { loss: r.of([0.02, 0.5]) }]),
      },
    }),
    () => ({ apiServer: 'down' }),
    () => ({ lag: { watch: r.of(['1s', '20s']), endpointSlices: '2s', controllers: r.of(['0s', '3s']) } }),
    () => ({ cutOff: scope }),
    () => ({ certificate: workload }),
    () => (hasServer ? { dns: r.of(['down', 'slow', 'servfail']) } : { fail: { node } }),
    () =>
      deployment === undefined
        ? { apiServer: 'down' }
        : {
            deploy: {
              deployment: `deployment/${deployment}`,
              ...r.of([{ ready: false }, { image: 'missing' }, { slower: 4, errors: 0.2 }, {}]),
            },
          },
  ]);
  const momentary = r.of<() => Fields>([
    () => ({ drain: node }),
    () => ({ kill: { pods: workload, ...r.of<Fields>([{ count: 1 }, { share: 1 }]) } }),
    () => ({ flush: workload }),
    () => ({ delete: r.of([`service/${app.name}`, workload]) }),
    () => ({
      apply: [service(r, app.name, r.of<Fields>([{}, { clusterIP: '10.96.7.7' }, { selector: { app: 'nobody' } }]))],
    }),
    ...(hasServer ? [() => ({ scale: 'kube-system/deployment/coredns', replicas: r.of([0, 3]) })] : []),
    ...(deployment === undefined
      ? []
      : [
          () => ({ scale: `deployment/${deployment}`, replicas: r.of([0, 1, 6]) }),
          () => ({ restart: `deployment/${deployment}` }),
          () => ({ rollback: `deployment/${deployment}` }),
        ]),
  ]);
  if (r.chance(0.5)) return { at, ...momentary() };
  const random = r.maybe(0.25, () => ({ random: { mtbf: r.of(['3s', '20s']), for: r.of(['1s', '10s']) } }));
  return { at, ...lasting(), ...length, ...random };
}
