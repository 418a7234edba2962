import { keyOf } from '../../sim/engine/hash.ts';
import { Streams } from '../../sim/engine/random.ts';
import { type Interval, meanInterval } from '../../sim/stats/student-t.ts';
import type { Model } from './models.ts';

/** How a figure of a model compares with theory. */
export interface Verdict {
  readonly model: string;
  readonly source: string;
  readonly metric: string;
  readonly theory: number;
  /** Relative allowance beside the interval, for a theory that is a limit. */
  readonly slack: number;
  readonly simulated: Interval;
  readonly ok: boolean;
}

/**
 * Runs independent replications of a model and asks of each metric whether theory lies within the Student interval of
 * their mean. Of right simulations, `1 - confidence` fail per metric; the seeds are fixed, so a run that passes
 * always does; they differ from model to model, so that an unlucky sequence does not show everywhere.
 */
export function judge(model: Model, replications: number, requests: number, confidence: number): Verdict[] {
  const runs = Array.from({ length: replications }, (_, i) =>
    model.run(new Streams(keyOf(model.name) + i), requests * (model.length ?? 1)),
  );
  return model.metrics.map(({ name, value, slack = 0 }, m) => {
    const simulated = meanInterval(
      runs.map((run) => run[m]!),
      confidence,
    );
    const ok = Math.abs(simulated.mean - value) <= simulated.halfWidth + slack * value;
    return { model: model.name, source: model.source, metric: name, theory: value, slack, simulated, ok };
  });
}
