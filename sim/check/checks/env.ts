import { z } from 'zod';
import { serviceVariables } from '../../discovery/environment.ts';
import { knownNames } from '../../input/faults.ts';
import { section } from '../../input/scenario-fields.ts';
import { CannotCheck, defineCheck } from '../check.ts';
import { someOf, text } from '../match/pattern.ts';
import type { TestWorld } from '../world.ts';
import { namespacedName, objectOf } from './object-of.ts';

const variables = someOf(text);

/** The environment variables that a container was started with. */
export const envCheck = defineCheck({
  name: 'env',
  fields: section({ pod: namespacedName, container: z.string().optional() }),
  expect: section({
    variables: z.record(z.string(), z.string().nullable()).default({}),
    absent: z.array(z.string()).default([]),
    exact: z.boolean().default(false),
  }),
  title: ({ pod, container }) => `env ${pod}${container === undefined ? '' : ` ${container}`}`,
  run: (world, { pod: key, container }, expect) => {
    const pod = objectOf(world, 'Pod', key);
    const names = pod.spec.containers.map(({ name }) => name);
    const name = container ?? names[0]!;
    const environment = world.environmentOf(pod, name);
    if (environment === null) throw new CannotCheck(neverStarted(key, name, names));
    const actual = Object.fromEntries(environment.map((variable) => [variable.name, variable.value ?? '']));
    const wanted = { ...Object.fromEntries(expect.absent.map((each) => [each, null])), ...expect.variables };
    const differences = variables.compare(wanted, actual, 'variables');
    if (expect.exact) {
      const own = new Set(pod.spec.containers.find((each) => each.name === name)?.env?.map((each) => each.name));
      const extra = Object.entries(actual).filter(([each]) => !own.has(each) && !Object.hasOwn(expect.variables, each));
      for (const [each, value] of extra) {
        differences.push({ path: `variables.${each}`, wanted: undefined, got: value });
      }
    }
    return { ok: differences.length === 0, expected: expect, actual, differences, why: reasons(world, key) };
  },
});

function neverStarted(pod: string, name: string, names: string[]): string {
  if (names.includes(name)) return `the container "${name}" of Pod ${pod} has not been started`;
  const { expected, fix } = knownNames(name, names, 'one of');
  return `Pod ${pod} has no container "${name}": expected ${expected}${fix === undefined ? '' : `; ${fix}`}`;
}

function reasons(world: TestWorld, key: string): string[] {
  const pod = objectOf(world, 'Pod', key);
  const links = pod.spec.enableServiceLinks !== false;
  const now = serviceVariables(pod, world.store).filter(({ name }) => name.endsWith('_SERVICE_HOST'));
  return [
    links
      ? `enableServiceLinks: the Services with a cluster IP of namespace ${pod.metadata.namespace}, and default/kubernetes`
      : 'enableServiceLinks is false: default/kubernetes only',
    `variables are made when a container starts; one that started now would be told of ${now.length} Service${now.length === 1 ? '' : 's'}`,
  ];
}
