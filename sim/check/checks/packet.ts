import { z } from 'zod';
import type { Decision } from '../../dataplane/rules/packet.ts';
import { decideAtNode } from '../../dataplane/walk/connect.ts';
import { stepText } from '../../dataplane/walk/packet-walk.ts';
import { packetOf } from '../../dataplane/walk/sender.ts';
import { defineCheck, judge, type Verdict } from '../check.ts';
import { endpointAddress, shares } from '../match/endpoint-address.ts';
import { item, truth, value, wholeSet } from '../match/pattern.ts';
import { askedConnection, connectionFields, connectionTitle } from './connection-fields.ts';

const expectation = item({
  verdict: value(z.enum(['dnat', 'accept', 'reject', 'drop'])),
  backends: wholeSet(endpointAddress),
  probabilities: shares,
  masquerade: truth,
});

/** What a node's data plane does with the first packet of a connection. */
export const packetCheck = defineCheck({
  name: 'packet',
  fields: connectionFields,
  expect: expectation.schema,
  title: (fields) => `packet ${connectionTitle(fields)}`,
  run: (world, fields, expect) => {
    const { network, sender, to, why } = askedConnection(world, fields);
    const { decision } = decideAtNode(network, sender, packetOf(sender, to, fields.protocol));
    const verdict = judge(expectation, expect, told(decision), [...why, ...reasons(decision)]);
    return { ...verdict, why: [...verdict.why, ...onTheWay(decision, verdict)] };
  },
});

function told({ verdict, candidates }: Decision): Record<string, unknown> {
  const masqueraded = candidates.filter(({ masquerade }) => masquerade).length;
  const isMixed = masqueraded > 0 && masqueraded < candidates.length;
  return {
    verdict,
    backends: candidates.map(({ address }) => address),
    probabilities: Object.fromEntries(candidates.map(({ address, probability }) => [address, probability])),
    masquerade: isMixed ? 'with some backends' : masqueraded > 0,
  };
}

/** The rule that decided, and for each candidate what was met on the way to it. */
function reasons({ because, steps, candidates }: Decision): string[] {
  const met = steps.flatMap((step) => (step.matched === null ? [] : [stepText(step)]));
  const masqueraded = candidates.filter(({ masquerade }) => masquerade).map(({ address }) => address);
  return [
    because,
    ...met.filter((text) => !text.endsWith(because)),
    ...(masqueraded.length === 0 ? [] : [`masqueraded: ${masqueraded.join(', ')}`]),
  ];
}

/** Where it is not the verdict alone that differs: the rules that picked each backend, and that masquerade it. */
function onTheWay({ candidates }: Decision, { differences }: Verdict): string[] {
  const isOfBackends = differences.some(({ path }) => /^(backends|probabilities|masquerade)/.test(path));
  if (!isOfBackends) return [];
  return candidates.flatMap(({ address, steps }) =>
    steps.flatMap((step) => (step.matched === null ? [] : [`to ${address}: ${stepText(step)}`])),
  );
}
