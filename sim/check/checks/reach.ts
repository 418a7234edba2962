import { z } from 'zod';
import { canonicalIP, familyOf } from '../../cluster/ip.ts';
import { PolicyJudge, type SideDecision } from '../../dataplane/policy/decide.ts';
import type { Party } from '../../dataplane/policy/party.ts';
import { partyAt } from '../../dataplane/walk/network.ts';
import { complain, section } from '../../input/scenario-fields.ts';
import { CannotCheck, defineCheck, type Verdict } from '../check.ts';
import { testNetwork } from '../network-of.ts';
import type { TestWorld } from '../world.ts';
import { protocol } from './connection-fields.ts';
import { namespacedName, objectOf } from './object-of.ts';

const port = z.int().min(1).max(65_535);
const target = z
  .string()
  .transform((text) => (familyOf(text) === null ? namespacedName.parse(text) : canonicalIP(text)));

const fields = section({
  from: namespacedName.optional(),
  to: target.optional(),
  port,
  protocol,
  columns: z.array(namespacedName).optional(),
  matrix: z.array(z.string()).optional(),
}).superRefine(({ from, to, columns, matrix }, ctx) => {
  const isOne = from !== undefined && to !== undefined && columns === undefined && matrix === undefined;
  const isMatrix = from === undefined && to === undefined && columns !== undefined && matrix !== undefined;
  if (!isOne && !isMatrix)
    complain(ctx, 'this says not who reaches whom', { expected: 'from and to, or columns and matrix' });
  if (familyOf(from?.replace(/^default\//, '') ?? '') !== null) {
    complain(ctx, 'from must be a Pod', { expected: 'NAMESPACE/NAME', fix: 'the check connect takes addresses' }, [
      'from',
    ]);
  }
  for (const [i, row] of (matrix ?? []).entries()) {
    const cells = row.trim().split(/\s+/).slice(1);
    if (cells.length !== (columns ?? []).length || cells.some((cell) => !/^[01.]$/.test(cell))) {
      complain(
        ctx,
        'this row does not fit',
        { expected: `a Pod, and 1, 0 or . for each of ${columns?.length} columns` },
        ['matrix', i],
      );
    }
  }
});

/** One pair, or one cell of a matrix. */
interface Pair {
  from: string;
  to: string;
  wanted: string;
}

/** What network policies allow, whatever data plane and readiness say. */
export const reachCheck = defineCheck({
  name: 'reach',
  fields,
  expect: z.enum(['allowed', 'denied', 'matrix']),
  title: ({ from, to, port, protocol, matrix }) =>
    `reach ${matrix === undefined ? `${from} → ${to}` : `matrix of ${matrix.length}`} ${protocol} ${port}`,
  run: (world, { from, to, port, protocol, columns = [], matrix }, expect): Verdict => {
    if ((expect === 'matrix') !== (matrix !== undefined)) {
      throw new CannotCheck(
        matrix === undefined ? 'there is no matrix' : 'a matrix says itself what to expect: expect: matrix',
      );
    }
    const pairs = matrix === undefined ? [{ from: from!, to: to!, wanted: expect }] : pairsOf(matrix, columns);
    const results = pairs.map((pair) => ({ ...pair, decision: decide(world, pair, port, protocol) }));
    const wrong = results.filter(({ wanted, decision }) => wanted !== outcomeOf(decision));
    const differences = wrong.map((each) => ({
      path: matrix === undefined ? '' : `${each.from} → ${each.to}`,
      wanted: each.wanted,
      got: outcomeOf(each.decision),
    }));
    const told = wrong.length > 0 || matrix !== undefined ? wrong : results;
    return {
      ok: wrong.length === 0,
      expected: expect,
      actual: matrix === undefined ? outcomeOf(results[0]!.decision) : matrixOf(results, matrix, columns),
      differences,
      why: told.map((each) => `${each.from} → ${each.to}: ${each.decision.because}`),
    };
  },
});

function pairsOf(matrix: readonly string[], columns: readonly string[]): Pair[] {
  return matrix.flatMap((row) => {
    const [name = '', ...cells] = row.trim().split(/\s+/);
    const from = namespacedName.parse(name);
    return cells.flatMap((cell, i) =>
      cell === '.' ? [] : [{ from, to: columns[i]!, wanted: cell === '1' ? 'allowed' : 'denied' }],
    );
  });
}

function outcomeOf({ allowed }: SideDecision): string {
  return allowed ? 'allowed' : 'denied';
}

/** The matrix as it is. */
function matrixOf(
  results: readonly (Pair & { decision: SideDecision })[],
  matrix: readonly string[],
  columns: readonly string[],
) {
  const found = new Map(results.map(({ from, to, decision }) => [`${from} ${to}`, decision.allowed ? '1' : '0']));
  return matrix.map((row) => {
    const from = namespacedName.parse(row.trim().split(/\s+/)[0]!);
    return [from, ...columns.map((to) => found.get(`${from} ${to}`) ?? '.')].join(' ');
  });
}

function decide(world: TestWorld, { from, to }: Pair, port: number, protocol: 'TCP' | 'UDP' | 'SCTP') {
  const source = partyOf(world, from);
  const node = world.store.get('Node', '', source.nodeName ?? '') ?? [...world.store.list('Node')][0];
  if (node === undefined) throw new CannotCheck('there is no Node');
  const network = testNetwork(world, node);
  const destination = familyOf(to) === null ? partyOf(world, to) : partyAt(network, to, port, protocol, source);
  const judge = new PolicyJudge(network.policies, network.namespaces);
  return judge.decide({ from: source, to: destination, port, protocol });
}

function partyOf(world: TestWorld, name: string): Party {
  const pod = objectOf(world, 'Pod', name);
  return { ip: canonicalIP(pod.status.podIP ?? ''), pod, nodeName: pod.spec.nodeName };
}
