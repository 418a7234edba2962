import type { Rule, Target } from './rule.ts';

/** xt_statistic holds a probability in 31 bits. @source linux net/netfilter/xt_statistic.c, iptables libxt_statistic.c */
const PROBABILITY_STEPS = 2 ** 31;

/** A rule as `iptables-save` prints it, without its chain. */
export function ruleText(rule: Rule): string {
  const { source, destination, protocol, states, comment, target } = rule;
  const words: string[] = [];
  if (source !== undefined) words.push(...not(source.not), '-s', source.value);
  if (destination !== undefined) words.push(...not(destination.not), '-d', destination.value);
  if (protocol !== undefined) words.push('-p', protocol);
  const conntrack =
    states === undefined ? [] : ['-m', 'conntrack', ...not(states.not), '--ctstate', states.value.join(',')];
  // Where kube-proxy ensures a jump it gives the state first; in its own chains the comment comes first.
  const isStateFirst = typeof target === 'object' && 'jump' in target;
  if (isStateFirst) words.push(...conntrack);
  if (comment !== undefined) words.push('-m', 'comment', '--comment', `"${comment}"`);
  words.push(...tests(rule));
  if (!isStateFirst) words.push(...conntrack);
  if (target !== undefined) words.push('-j', ...targetWords(target));
  return words.join(' ');
}

/** 1/n as kube-proxy writes it. @source kubernetes pkg/proxy/iptables/proxier.go computeProbability */
export function writtenProbability(oneOf: number): string {
  return (1 / oneOf).toFixed(10);
}

/** The same as the kernel gives it back. */
export function listedProbability(oneOf: number): string {
  const steps = Math.round(Number(writtenProbability(oneOf)) * PROBABILITY_STEPS);
  return (steps / PROBABILITY_STEPS).toFixed(11);
}

const not = (inverted: boolean | undefined) => (inverted === true ? ['!'] : []);
const hex = (mark: number) => `0x${mark.toString(16)}`;

function tests({ protocol, destinationPort, sourceIsLocal, destinationIsLocal, ...rule }: Rule): string[] {
  const words: string[] = [];
  if (rule.set !== undefined) words.push('-m', 'set', '--match-set', rule.set.name, rule.set.fields);
  if (rule.notFromBridge === true) words.push('-m', 'physdev', '!', '--physdev-is-in');
  if (sourceIsLocal !== undefined) words.push('-m', 'addrtype', ...not(!sourceIsLocal), '--src-type', 'LOCAL');
  if (destinationIsLocal === true) words.push('-m', 'addrtype', '--dst-type', 'LOCAL');
  if (rule.recent !== undefined) {
    const { list, seconds } = rule.recent;
    const action = seconds === undefined ? ['--set'] : ['--rcheck', '--seconds', `${seconds}`, '--reap'];
    words.push('-m', 'recent', ...action, '--name', list, '--mask', '255.255.255.255', '--rsource');
  }
  if (rule.oneOf !== undefined) {
    words.push('-m', 'statistic', '--mode', 'random', '--probability', listedProbability(rule.oneOf));
  }
  if (rule.mark !== undefined) {
    words.push('-m', 'mark', ...not(rule.mark.not), '--mark', `${hex(rule.mark.value)}/${hex(rule.mark.value)}`);
  }
  if (protocol !== undefined) words.push('-m', protocol);
  if (destinationPort !== undefined) words.push('--dport', `${destinationPort}`);
  return words;
}

function targetWords(target: Target): string[] {
  if (target === 'REJECT') return ['REJECT', '--reject-with', 'icmp-port-unreachable'];
  if (typeof target === 'string') return [target];
  if ('jump' in target) return [target.jump];
  if ('dnat' in target) return ['DNAT', '--to-destination', target.dnat];
  if ('orMark' in target) return ['MARK', '--set-xmark', `${hex(target.orMark)}/${hex(target.orMark)}`];
  return ['MARK', '--set-xmark', `${hex(target.xorMark)}/0x0`];
}
