/** What a run is judged by: business figures and thresholds. */
import { z } from 'zod';
import { parseDuration } from '../cluster/duration.ts';
import { knownNames } from './faults.ts';
import { trafficReference } from './references.ts';
import type { Threshold } from './scenario.ts';
import { readShare, refuse, section, share } from './scenario-fields.ts';
import type { World } from './world.ts';

const METRICS = ['success', 'p50', 'p90', 'p95', 'p99', 'p999', 'mean', 'max'] as const;
const EXAMPLE = 'such as "storefront.success >= 99.9%" or "storefront.p99 < 500ms"';

export function businessSection(world: World) {
  return section({
    traffic: trafficReference(world).describe('The traffic whose failed requests cost orders.'),
    orderValue: z.number().positive().describe('Money per order.'),
    requestsPerOrder: z.number().positive().default(1).describe('User requests on this path for one order placed.'),
    returnShare: share().prefault(0).describe('Share of failed orders that come back later and are not lost.'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be a currency code such as USD')
      .default('USD')
      .describe('ISO 4217 code.'),
  });
}

export function threshold(world: World) {
  return z
    .string()
    .meta({ examples: ['storefront.success >= 99.9%', 'storefront.p99 < 500ms'] })
    .transform((text, ctx): Threshold => {
      const [, traffic, name, operator, limit] = /^\s*([\w-]+)\.(\w+)\s*(<=|>=|<|>)\s*(\S+)\s*$/.exec(text) ?? [];
      if (traffic === undefined || name === undefined || limit === undefined) {
        return refuse(ctx, `"${text}" is not a threshold`, { expected: `TRAFFIC.METRIC OPERATOR BOUND, ${EXAMPLE}` });
      }
      if (!world.traffic.has(traffic)) {
        return refuse(
          ctx,
          `there is no traffic "${traffic}"`,
          knownNames(traffic, world.traffic, 'a name under traffic'),
        );
      }
      const metric = METRICS.find((each) => each === name);
      if (metric === undefined) return refuse(ctx, `there is no metric "${name}"`, knownNames(name, METRICS, 'one of'));
      const bound = metric === 'success' ? readShare(limit) : tryDuration(limit, ctx);
      if (Number.isNaN(bound) || (metric === 'success' && bound > 1)) {
        return refuse(ctx, `"${limit}" is not a share`, { expected: '0 to 1 or a percentage: 99.9%' });
      }
      return { text, traffic, metric, operator: operator as Threshold['operator'], bound };
    });
}

function tryDuration(text: string, ctx: z.RefinementCtx): number {
  try {
    return parseDuration(text);
  } catch (error) {
    return refuse(ctx, (error as Error).message, { expected: 'a duration: 500ms' });
  }
}
