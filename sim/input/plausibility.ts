import { type Faults, knownNames } from './faults.ts';
import { wordFor } from './references.ts';
import type { CheckedScenario } from './scenario-schema.ts';
import { type Path, placeOf, type Tree } from './tree.ts';
import { type World, workloadsBehind } from './world.ts';

/** What each section allows but the whole cannot mean: requests to Pods that nobody describes, and settings that surprise. */
export function checkPlausibility(scenario: CheckedScenario, tree: Tree, world: World, faults: Faults): void {
  scenario.traffic.forEach(({ service, from }, i) => {
    const path = ['traffic', i, 'to'];
    checkTarget(service, path, scenario, tree, world, faults);
    if (from === null && world.services.get(service)?.spec.type === 'ClusterIP') {
      const text = `Service "${service}" is of type ClusterIP, which users outside cannot reach: they are taken to come through an ingress`;
      faults.warning(placeOf(tree, path), path, text, { expected: 'type LoadBalancer' });
    }
  });
  scenario.workloads.forEach(({ calls }, i) => {
    calls.forEach(({ service }, j) => {
      checkTarget(service, ['workloads', i, 'calls', j, 'to'], scenario, tree, world, faults);
    });
  });
  for (const [name, { timeout, retries }] of Object.entries(scenario.clients)) {
    if (retries.max === 0 || timeout < Number.POSITIVE_INFINITY || !world.clients.has(name)) continue;
    const path = ['clients', name, 'retries'];
    const text = 'retries without a timeout: a request that is never answered is never tried again';
    faults.warning(placeOf(tree, path), path, text, { fix: `set clients.${name}.timeout` });
  }
}

/** Requests must meet Pods whose behaviour is known. */
function checkTarget(
  service: string,
  path: Path,
  scenario: CheckedScenario,
  tree: Tree,
  world: World,
  faults: Faults,
): void {
  const workloads = workloadsBehind(service, world);
  if (workloads.length === 0 && world.services.get(service) !== null) {
    faults.warning(
      placeOf(tree, path),
      path,
      `Service "${service}" selects Pods of no workload: no request to it is answered`,
    );
  }
  const described = scenario.workloads.map(({ workload }) => workload);
  for (const workload of workloads) {
    if (described.includes(workload)) continue;
    const [namespace = '', name = ''] = workload.split('/');
    const reference = `${namespace === world.namespace ? '' : `${namespace}/`}${wordFor(name, world, namespace)}/${name}`;
    faults.error(
      placeOf(tree, path),
      path,
      `nothing under workloads describes "${workload}", which serves these requests`,
      {
        ...knownNames(workload, described, 'an entry under workloads'),
        fix: `add - {for: ${reference}, serviceTime: 10ms}`,
      },
    );
  }
}
