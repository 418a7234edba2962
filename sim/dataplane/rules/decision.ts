import type { Arrival } from './flow.ts';
import type { Candidate, Decision, Step } from './packet.ts';

/**
 * Rules draw only among endpoints, so either all ways end at backends, or there is one way.
 * @param isEntry is this the step that knew the packet's destination?
 */
export function decisionOf(arrivals: readonly Arrival[], isEntry: (step: Step) => boolean): Decision {
  const [first] = arrivals;
  if (first === undefined) throw new Error('a packet came to no end');
  const { flow, verdict, by } = first;
  if (flow.dnat === null || verdict !== 'accept') {
    return { verdict, candidates: [], steps: flow.steps, because: by ?? NO_RULE };
  }
  const steps = flow.steps.slice(0, flow.pickedAt ?? flow.steps.length);
  const because = steps.find((step) => step.matched !== null && isEntry(step))?.matched ?? NO_RULE;
  return { verdict: 'dnat', candidates: arrivals.map(candidateOf), steps, because };
}

const NO_RULE = 'no rule takes it';

function candidateOf({ flow }: Arrival): Candidate {
  return {
    ip: flow.to,
    port: flow.port,
    address: flow.dnat!,
    probability: flow.probability,
    masquerade: flow.isMasqueraded,
    steps: flow.steps.slice(flow.pickedAt ?? flow.steps.length),
  };
}
