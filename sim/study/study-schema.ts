import { z } from 'zod';
import { complain, count, expecting, positiveDuration, section, share } from '../input/scenario-fields.ts';
import { API_VERSION } from '../input/scenario-schema.ts';

const anyValue = z.unknown();

/** A Study in a file. What `vary` and `points` hold is read from the tree, where values have their places. */
export const studySection = section({
  apiVersion: z.literal(API_VERSION).describe('The version of this format.'),
  kind: z.literal('Study').describe('The kind of this file.'),
  metadata: section({
    name: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a DNS label such as checkout-replicas')
      .describe('Name of the study: lower case letters, digits and -.'),
    description: z.string().default('').describe('A sentence: what is asked.'),
  }).describe('Name and description.'),
  scenario: z
    .string()
    .min(1, 'must not be empty')
    .describe('A scenario file, relative to this one, or the name of a built-in one.'),
  variant: z.string().default('').describe('A variant of the scenario, instead of the scenario as it stands.'),
  vary: z
    .record(z.string(), anyValue, {
      error: expecting('parameters and their values: {replicas: 4..40:4, load: [1x, 2x]}'),
    })
    .default({})
    .describe(
      'Parameters and their values: a list, a range (`4..40:4`, or `{from: 4, to: 40, step: 4}`), or one value. `load` and `load.SOURCE` multiply arrivals, `replicas` and `replicas.NAME` set those of a Deployment (and pin its autoscaler), anything else is a path as in `variants[].set`: `manifests.deployment/checkout.spec.replicas`, `clients.web.timeout`, `cluster.dataPlane.mode`.',
    ),
  combine: z
    .enum(['grid', 'zip', 'random'])
    .default('grid')
    .describe(
      'grid: every value with every other; zip: the first with the first, and so on; random: `randomPoints` draws.',
    ),
  randomPoints: count(1).max(100_000).default(20).describe('With `combine: random`: how many points.'),
  points: z
    .array(z.record(z.string(), anyValue), { error: expecting('a list of points: [{load: 1x, replicas: 4}]') })
    .min(1, 'must not be empty')
    .optional()
    .describe('Instead of `vary`: the points themselves, each with its values.'),
  replications: z
    .union([
      count(1).max(1_000_000),
      section({
        min: count(2).default(5).describe('As many at least.'),
        max: count(2).max(1_000_000).default(50).describe('The budget of a point.'),
        precision: share()
          .prefault('5%')
          .describe('Enough, when the half-width of each interval is at most this part of its mean.'),
      }),
    ])
    .default(5)
    .describe(
      'Runs of each point, with seeds that are the same at every point; or until the intervals are narrow enough.',
    ),
  metrics: z
    .array(z.string())
    .default([])
    .describe(
      'Such as `storefront.p99`: success, failed, sent, goodput, mean, max, or any quantile p50 to p999999; `lost` is money. Default: success, mean and p99.',
    ),
  constraints: z
    .array(z.string())
    .optional()
    .describe('Such as `storefront.p99 < 300ms`. Default: the thresholds of the scenario.'),
  warmUp: z
    .union([z.enum(['auto', 'none']), positiveDuration()], { error: expecting('auto, none, or a duration: 30s') })
    .optional()
    .describe(
      'What is dropped at the start of each run: as much as MSER-5 says, nothing, or a time. Default: auto; none where a timeline or a changing load makes time matter.',
    ),
  duration: positiveDuration().optional().describe("Of each run, instead of the scenario's."),
  seed: count(0)
    .optional()
    .describe("Of the first replication, instead of the scenario's; each further one has the next."),
}).superRefine(({ vary, points, replications }, ctx) => {
  if (points !== undefined && Object.keys(vary).length > 0) {
    complain(ctx, 'points and vary exclude each other', { fix: 'leave one of them out' }, ['points']);
  }
  if (typeof replications === 'object' && replications.min > replications.max) {
    complain(ctx, 'min is above max', {}, ['replications', 'min']);
  }
});

/** The JSON Schema (draft 2020-12) of a Study, for editors. */
export function studyJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(studySection, { io: 'input', target: 'draft-2020-12' });
  return { $schema, title: 'svclab Study', ...schema };
}
