import { inCIDR } from '../../cluster/ip.ts';
import { type Arrival, type Flow, translate, turn } from '../rules/flow.ts';
import { ruleText, statementText } from './rule-text.ts';
import type { Hook, NftTable, Rule, Statement } from './table.ts';

/**
 * All ways that a packet may take through the table, each with its probability, in the order of the elements.
 * @source linux: base chains of a hook run by priority; drop and reject end the way, accept ends one base chain
 */
export function traverse(table: NftTable, flow: Flow, isLocal: (ip: string) => boolean): Arrival[] {
  const isFromNode = flow.packet.where === 'node';
  const entered = runHook(
    table,
    isFromNode ? 'output' : 'prerouting',
    [{ flow, verdict: 'accept', by: null }],
    isLocal,
  );
  if (isFromNode) {
    // What a node sends to itself comes back by the input hook.
    return runHook(table, 'postrouting', entered, isLocal).flatMap((arrival) =>
      isLocal(arrival.flow.to) ? runHook(table, 'input', [arrival], isLocal) : [arrival],
    );
  }
  return entered.flatMap((arrival) => {
    if (isLocal(arrival.flow.to)) return runHook(table, 'input', [arrival], isLocal);
    return runHook(table, 'postrouting', runHook(table, 'forward', [arrival], isLocal), isLocal);
  });
}

function runHook(table: NftTable, hook: Hook, arrivals: Arrival[], isLocal: (ip: string) => boolean): Arrival[] {
  const chains = [...table.chains]
    .filter(([, { base }]) => base?.hook === hook)
    .sort(([, a], [, b]) => a.base!.priority - b.base!.priority);
  return chains.reduce(
    (current, [name]) =>
      current.flatMap((arrival) => {
        if (arrival.verdict !== 'accept') return [arrival];
        const run = new ChainRun(table, hook, isLocal);
        const through = run.chain(name, [arrival.flow]);
        return [...run.arrivals, ...through.map((flow): Arrival => ({ flow, verdict: 'accept', by: null }))];
      }),
    arrivals,
  );
}

class ChainRun {
  readonly arrivals: Arrival[] = [];
  readonly #table: NftTable;
  readonly #hook: Hook;
  readonly #isLocal: (ip: string) => boolean;

  constructor(table: NftTable, hook: Hook, isLocal: (ip: string) => boolean) {
    this.#table = table;
    this.#hook = hook;
    this.#isLocal = isLocal;
  }

  /** @returns the flows that came out at the chain's end, by return, or at the end of a chain that it went on to */
  chain(chain: string, flows: Flow[]): Flow[] {
    const rules = this.#table.chains.get(chain)?.rules ?? [];
    const returned: Flow[] = [];
    let inside = flows;
    for (const [i, rule] of rules.entries()) {
      const left: Flow[] = [];
      for (const flow of inside) {
        if (!this.#matches(rule, flow)) {
          left.push(flow);
          continue;
        }
        const text = ruleText(rule, this.#table.family);
        const step = { hook: this.#hook, chain, matched: text, looked: i + 1 };
        if (rule.does === undefined) left.push(turn(flow, 1, step, false));
        else if (typeof rule.does === 'object' && 'random' in rule.does) {
          const { random } = rule.does;
          for (const to of random) returned.push(...this.chain(to, [turn(flow, 1 / random.length, step, true)]));
        } else if (typeof rule.does === 'object' && 'vmap' in rule.does) this.#lookUp(rule.does, flow, left, returned);
        else this.#apply(rule.does, turn(flow, 1, step, rule.isPick === true), text, left, returned);
      }
      inside = left;
      if (inside.length === 0) break;
    }
    return [...returned, ...inside];
  }

  #lookUp({ vmap, key }: { vmap: string; key: 'address' | 'port' }, flow: Flow, left: Flow[], returned: Flow[]): void {
    const port = `${flow.packet.protocol.toLowerCase()} . ${flow.port}`;
    const at = key === 'address' ? `${flow.to} . ${port}` : port;
    const found = this.#table.maps.get(vmap)?.elements.get(at);
    const text = found === undefined ? null : `${at} : ${statementText(found.verdict, 'ip')}`;
    const looked = turn(flow, 1, { hook: this.#hook, chain: `@${vmap}`, matched: text, looked: 1 }, false);
    if (found === undefined) left.push(looked);
    else this.#apply(found.verdict, looked, text!, left, returned);
  }

  #apply(
    does: Exclude<Statement, { random: readonly string[] } | { vmap: string }>,
    flow: Flow,
    by: string,
    left: Flow[],
    returned: Flow[],
  ): void {
    if (does === 'return') returned.push(flow);
    else if (does === 'masquerade') this.#arrive({ ...flow, isMasqueraded: true });
    else if (typeof does === 'string') this.arrivals.push({ flow, verdict: does, by: decider(flow, by) });
    else if ('jump' in does) left.push(...this.chain(does.jump, [flow]));
    else if ('goto' in does) returned.push(...this.chain(does.goto, [flow]));
    else if ('orMark' in does) left.push({ ...flow, mark: flow.mark | does.orMark });
    else if ('xorMark' in does) left.push({ ...flow, mark: flow.mark ^ does.xorMark });
    else this.#arrive(translate(flow, does.dnat));
  }

  #arrive(flow: Flow): void {
    this.arrivals.push({ flow, verdict: 'accept', by: null });
  }

  #matches(rule: Rule, flow: Flow): boolean {
    const { packet } = flow;
    const { sets } = this.#table;
    return (
      (rule.protocol === undefined || rule.protocol === packet.protocol.toLowerCase()) &&
      isAmong(rule.source, packet.from) &&
      isAmong(rule.destination, flow.to) &&
      (rule.destinationInSet === undefined || sets.get(rule.destinationInSet)?.elements.has(flow.to) === true) &&
      (rule.sourceInSet === undefined || packet.remembered?.has(rule.sourceInSet) === true) &&
      // A process of the node sends from an address of the node, were it a load balancer's that was given to it.
      (rule.sourceIsLocal !== true || packet.where === 'node' || this.#isLocal(packet.from)) &&
      (rule.destinationIsLocal !== true || this.#isLocal(flow.to)) &&
      (rule.withoutMark === undefined || (flow.mark & rule.withoutMark) === 0)
    );
  }
}

/** A helper chain rejects on behalf of the element that led to it. */
function decider(flow: Flow, by: string): string {
  const element = flow.steps.at(-2);
  return element?.matched?.includes('goto reject-chain') === true ? element.matched : by;
}

function isAmong(test: Rule['source'], ip: string): boolean {
  if (test === undefined) return true;
  const isIn = test.value.some((block) => (block.includes('/') ? inCIDR(ip, block) : block === ip));
  return isIn !== (test.not === true);
}
