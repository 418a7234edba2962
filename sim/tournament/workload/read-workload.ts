import type { z } from 'zod';
import { Faults } from '../../input/faults.ts';
import type { Files } from '../../input/files.ts';
import { reportIssues } from '../../input/schema-faults.ts';
import { textAt, toValue } from '../../input/tree.ts';
import { readYaml } from '../../input/yaml.ts';
import { capacityOf } from './arrivals-at.ts';
import { podsEver } from './pods-ever.ts';
import type { Fault, Load, PodGroup, Which, Workload } from './workload.ts';
import { workloadSection } from './workload-schema.ts';

type Given = z.output<typeof workloadSection>;
type GivenFault = Given['faults'][number];

/** One replication that would have more requests than this is taken for a slip, and so are those below. */
const MOST_REQUESTS = 2e7;
const FEWEST_REQUESTS = 100;
/** Each caller keeps figures of each Pod. */
const MOST_PAIRS = 2e7;
const MOST_WINDOWS = 10_000;
/** Comings and goings of neighbours, and phases of the load, in one replication. */
const MOST_CHANGES = 1e6;

/** Reads a file that holds one Workload. @throws InputError with every fault */
export function readWorkload(path: string, files: Files): Workload {
  const faults = new Faults();
  const place = { file: path, line: 1, column: 1 };
  let text = '';
  try {
    text = files.read(path);
  } catch (error) {
    faults.error(place, [], `cannot read ${path}: ${(error as Error).message}`);
    faults.throwIfAny();
  }
  const trees = readYaml(path, text, faults);
  faults.throwIfAny();
  const tree = trees.find((each) => textAt(each, 'kind') === 'Workload') ?? trees[0];
  if (tree?.type !== 'mapping') {
    faults.error(place, [], 'there is no Workload here', { expected: 'a mapping with kind: Workload' });
    faults.throwIfAny();
  }
  const result = workloadSection.safeParse(toValue(tree!));
  if (!result.success) reportIssues(result.error.issues, tree!, faults);
  faults.throwIfAny();
  const workload = workloadOf(result.data!);
  const few = meanLoad(workload.load) * capacityOf(workload) * (workload.duration / 1e9);
  if (!(few >= FEWEST_REQUESTS)) {
    faults.error(place, ['load'], `${few.toPrecision(2)} requests would arrive in one replication`, {
      expected: `at least ${FEWEST_REQUESTS}`,
      fix: 'lengthen duration, or shorten service',
    });
  }
  for (const { field, found, most, what, fix } of sizesOf(workload)) {
    if (found <= most) continue;
    faults.error(place, [field], `${what}: ${found.toExponential(1)}`, {
      expected: `at most ${most.toExponential(0)}`,
      fix,
    });
  }
  faults.throwIfAny();
  return workload;
}

/** How large it is, in every way in which one can be too large. */
function sizesOf(workload: Workload) {
  const { duration, window, load, pods, clients, nodes, proxies, faults } = workload;
  const requests = mostLoad(load) * capacityOf(workload) * (duration / 1e9);
  const phases = load.kind === 'curve' ? 0 : duration / Math.min(...load.phases.map(({ mean }) => mean));
  const places = pods.reduce((sum, { count }) => sum + count, 0);
  const neighbours = faults.map((fault) =>
    fault.kind === 'antagonist' ? (duration / (fault.on + fault.off)) * Math.ceil(places / fault.together) : 0,
  );
  return [
    {
      field: 'load',
      found: requests,
      most: MOST_REQUESTS,
      what: 'requests that would arrive in one replication',
      fix: 'shorten duration, or lengthen service',
    },
    { field: 'load', found: phases, most: MOST_CHANGES, what: 'changes of the load', fix: 'lengthen the phases' },
    {
      field: 'clients',
      found: podsEver(workload) * Math.max(clients.count, nodes, proxies),
      most: MOST_PAIRS,
      what: 'pairs of a caller and a Pod, of which each has figures',
      fix: 'fewer clients, nodes or Pods',
    },
    { field: 'window', found: duration / window, most: MOST_WINDOWS, what: 'windows', fix: 'longer windows' },
    {
      field: 'faults',
      found: Math.max(0, ...neighbours),
      most: MOST_CHANGES,
      what: 'comings and goings of antagonists',
      fix: 'lengthen on and off',
    },
  ];
}

function workloadOf(given: Given): Workload {
  const { metadata, pods, clients, load, requestsPerConnection, coldStart, ...rest } = given;
  const groups: readonly PodGroup[] =
    typeof pods === 'number' ? [{ count: pods, cores: 1, speed: 1, weight: 1 }] : pods;
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return {
    ...rest,
    ...metadata,
    pods: groups,
    clients: typeof clients === 'number' ? { count: clients, skew: 0 } : clients,
    load: Array.isArray(load) ? { kind: 'curve', points: load } : { kind: 'phases', phases: load.phases },
    requestsPerConnection: requestsPerConnection === 'unlimited' ? Infinity : requestsPerConnection,
    coldStart: { lasts: coldStart.for, factor: coldStart.by },
    faults: rest.faults.map((fault) => faultOf(fault, count)),
  };
}

function faultOf({ at = 0, slow, errors, down, restart, antagonist }: GivenFault, all: number): Fault {
  if (slow !== undefined)
    return { kind: 'slow', at, lasts: slow.for ?? Infinity, which: whichOf(slow, all), factor: slow.by };
  if (errors !== undefined) {
    const { share, after } = errors;
    return { kind: 'errors', at, lasts: errors.for ?? Infinity, which: whichOf(errors, all), share, after };
  }
  if (down !== undefined)
    return { kind: 'down', at, lasts: down.for ?? Infinity, which: whichOf(down, all), silent: down.silent };
  if (restart !== undefined) return { kind: 'restart', at, every: restart.every, which: whichOf(restart, all) };
  const { by, ...rest } = antagonist!;
  return { kind: 'antagonist', ...rest, factor: by };
}

function whichOf({ pods, zone }: { pods?: number | undefined; zone?: string | undefined }, all: number): Which {
  return zone === undefined ? { pods: pods ?? all } : { zone: zone.charCodeAt(0) - 97 };
}

/** On average over the phases; of a curve its highest, which is no less than the average. */
function meanLoad(load: Load): number {
  if (load.kind === 'curve') return mostLoad(load);
  const whole = load.phases.reduce((sum, { mean }) => sum + mean, 0);
  return load.phases.reduce((sum, { load: share, mean }) => sum + share * (mean / whole), 0);
}

function mostLoad(load: Load): number {
  return Math.max(
    ...(load.kind === 'curve' ? load.points.map(([, share]) => share) : load.phases.map((phase) => phase.load)),
  );
}
