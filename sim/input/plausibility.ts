import { backendsNamedBy } from '../routing/backends.ts';
import { warnOfContradictions } from './contradictions.ts';
import { type Faults, knownNames } from './faults.ts';
import { wordFor } from './references.ts';
import type { CheckedScenario } from './scenario-schema.ts';
import { type Path, placeOf, type Tree } from './tree.ts';
import { type World, workloadsBehind } from './world.ts';

/** What each section allows but the whole cannot mean: requests to Pods that nobody describes, and settings that surprise. */
export function checkPlausibility(scenario: CheckedScenario, tree: Tree, world: World, faults: Faults): void {
  const routed = [...world.routing.list('Ingress'), ...world.routing.list('HTTPRoute')];
  scenario.traffic.forEach(({ service, from, http, entry }, i) => {
    const path = ['traffic', i, 'to'];
    checkTarget(service, path, scenario, tree, world, faults);
    for (const { namespace, name } of http === null ? [] : backendsNamedBy(routed)) {
      if (world.services.has(`${namespace}/${name}`))
        checkTarget(`${namespace}/${name}`, path, scenario, tree, world, faults);
    }
    if (from === null && entry === null && world.services.get(service)?.spec.type === 'ClusterIP') {
      const text = `Service "${service}" is of type ClusterIP, which users outside cannot reach: they are taken to come through an ingress`;
      faults.warning(placeOf(tree, path), path, text, { expected: 'type LoadBalancer' });
    }
  });
  scenario.workloads.forEach(({ calls }, i) => {
    calls.forEach(({ service }, j) => {
      checkTarget(service, ['workloads', i, 'calls', j, 'to'], scenario, tree, world, faults);
    });
  });
  warnOfContradictions(scenario, tree, world, faults);
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
  if (!world.services.has(service)) {
    const [namespace, name] = service.split('/');
    const other = [...world.services.keys()].find((each) => each.endsWith(`/${name}`))!.split('/')[0];
    const text = `there is no Service "${name}" in namespace "${namespace}": the name will not be found`;
    faults.warning(placeOf(tree, path), path, text, { fix: `the one in namespace "${other}" is ${name}.${other}` });
  } else if (workloads.length === 0 && world.services.get(service) !== null) {
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
