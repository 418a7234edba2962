import { type Arrival, type Flow, translate, turn } from '../rules/flow.ts';
import { matchChance, type Surroundings } from './match.ts';
import type { Rule, RuleSet, Table, Target } from './rule.ts';
import { ruleText } from './rule-text.ts';

/**
 * All ways that a packet may take through a rule set, each with its probability, in the order of the rules: the nat table
 * first, then the filter of its hook, then what the nat table does on leaving.
 * @source linux: priorities -100 (dstnat), 0 (filter), 100 (srcnat); REJECT and DROP end the way, ACCEPT ends the table;
 *   what a node sends to itself leaves by OUTPUT and comes back by INPUT, where the nat table has been already
 */
export function traverse(rules: RuleSet, flow: Flow, around: Surroundings): Arrival[] {
  const isFromNode = flow.packet.where === 'node';
  const isForHere = ({ to }: Flow) => around.isLocal(to);
  let arrivals = runHook(rules.nat, isFromNode ? 'OUTPUT' : 'PREROUTING', flow, around);
  if (isFromNode) arrivals = onward(arrivals, (each) => runHook(rules.filter, 'OUTPUT', each, around));
  else {
    arrivals = onward(arrivals, (each) => runHook(rules.filter, isForHere(each) ? 'INPUT' : 'FORWARD', each, around));
  }
  arrivals = onward(arrivals, (each) =>
    isFromNode || !isForHere(each) ? runHook(rules.nat, 'POSTROUTING', each, around) : [through(each)],
  );
  if (!isFromNode) return arrivals;
  return onward(arrivals, (each) => (isForHere(each) ? runHook(rules.filter, 'INPUT', each, around) : [through(each)]));
}

/** What has not ended yet goes on. */
export function onward(arrivals: readonly Arrival[], next: (flow: Flow) => Arrival[]): Arrival[] {
  return arrivals.flatMap((arrival) => (arrival.verdict === 'accept' ? next(arrival.flow) : [arrival]));
}

function through(flow: Flow): Arrival {
  return { flow, verdict: 'accept', by: null };
}

/** Only the chains of one table at one hook. */
export function runHook(table: Table, hook: string, flow: Flow, around: Surroundings): Arrival[] {
  const run = new HookRun(table, hook, around);
  const passed = run.chain(hook, [flow]);
  return [...run.arrivals, ...passed.map(through)];
}

class HookRun {
  readonly arrivals: Arrival[] = [];
  readonly #table: Table;
  readonly #hook: string;
  readonly #around: Surroundings;

  constructor(table: Table, hook: string, around: Surroundings) {
    this.#table = table;
    this.#hook = `${table.name} ${hook}`;
    this.#around = around;
  }

  /** @returns the flows that came out at the chain's end or by RETURN */
  chain(chain: string, flows: Flow[]): Flow[] {
    const rules = this.#table.chains.get(chain) ?? [];
    const returned: Flow[] = [];
    let inside = flows;
    for (const [i, rule] of rules.entries()) {
      const left: Flow[] = [];
      for (const flow of inside) {
        const chance = matchChance(rule, flow, this.#around);
        if (chance === 0) {
          left.push(flow);
          continue;
        }
        if (chance < 1) left.push({ ...flow, probability: flow.probability * (1 - chance) });
        const step = { hook: this.#hook, chain, matched: ruleText(rule), looked: i + 1 };
        this.#apply(rule, turn(flow, chance, step, rule.isPick === true), left, returned);
      }
      inside = left;
      if (inside.length === 0) return returned;
    }
    return [...returned, ...inside.map((flow) => this.#passed(flow, chain, rules.length))];
  }

  /** The flow that matched nothing in a chain says so. */
  #passed(flow: Flow, chain: string, looked: number): Flow {
    if (looked === 0 || flow.steps.at(-1)?.chain === chain) return flow;
    return turn(flow, 1, { hook: this.#hook, chain, matched: null, looked }, false);
  }

  #apply({ target }: Rule, flow: Flow, left: Flow[], returned: Flow[]): void {
    if (target === undefined) left.push(flow);
    else if (target === 'RETURN') returned.push(flow);
    else if (typeof target === 'string') this.arrivals.push(arrivalOf(target, flow));
    else if ('jump' in target) left.push(...this.chain(target.jump, [flow]));
    else if ('orMark' in target) left.push({ ...flow, mark: flow.mark | target.orMark });
    else if ('xorMark' in target) left.push({ ...flow, mark: flow.mark ^ target.xorMark });
    else this.arrivals.push({ flow: translate(flow, target.dnat), verdict: 'accept', by: null });
  }
}

function arrivalOf(target: Extract<Target, string>, flow: Flow): Arrival {
  if (target.startsWith('MASQUERADE')) return { flow: { ...flow, isMasqueraded: true }, verdict: 'accept', by: null };
  const verdict = target === 'ACCEPT' ? 'accept' : target === 'DROP' ? 'drop' : 'reject';
  return { flow, verdict, by: flow.steps.at(-1)?.matched ?? null };
}
