import { z } from 'zod';
import { DURATION_PATTERN } from '../cluster/duration.ts';
import { expecting, section } from '../input/scenario-fields.ts';
import { API_VERSION } from '../input/scenario-schema.ts';
import { testCluster, testClusterSection } from './cluster.ts';
import { CHECKS } from './registry.ts';

const objects = z
  .array(
    z.union([z.string(), z.record(z.string(), z.unknown())], {
      error: expecting('a file name, or a Kubernetes object'),
    }),
  )
  .describe('Kubernetes objects: files, relative to this one, or objects inline.');

const head = {
  apiVersion: z.literal(API_VERSION).describe('The version of this format.'),
  kind: z.literal('Test').describe('The kind of this document.'),
  metadata: section({
    name: z.string().min(1, 'must not be empty').describe('Name of the test.'),
    description: z.string().default('').describe('A sentence: what must be true.'),
    namespace: z.string().default('default').describe('Of objects that name none.'),
    labels: z.record(z.string(), z.string()).optional().describe('For other tools.'),
    annotations: z.record(z.string(), z.string()).optional().describe('For other tools.'),
  }),
  manifests: objects.default([]),
};

// read one by one in `read-steps.ts`, which knows the checks
const anything = z.unknown().optional();

/** A Test document, but for its steps. */
export const testSection = section({
  ...head,
  cluster: testCluster,
  steps: anything,
  checks: anything,
  check: anything,
  expect: anything,
  name: anything,
});

/** The JSON Schema (draft 2020-12) of a Test document, for editors; what belongs together is checked by the reader alone. */
export function testJsonSchema(): Record<string, unknown> {
  const checks = Object.values(CHECKS).map(({ name, fields, expect }) =>
    section({ check: section({ [name]: fields, name: z.string().optional() }), expect, name: z.string().optional() }),
  );
  const ref = section({
    apiVersion: z.string().optional(),
    kind: z.string(),
    name: z.string(),
    namespace: z.string().optional(),
  });
  const others = [
    section({ apply: z.union([objects, z.record(z.string(), z.unknown())]) }).describe('Creates or replaces objects.'),
    section({ delete: z.array(ref) }).describe('Deletes objects gracefully.'),
    section({ wait: z.string().regex(new RegExp(DURATION_PATTERN)) }).describe('Lets simulated time pass.'),
  ];
  const document = section({
    ...head,
    cluster: testClusterSection.optional().describe('As in a Scenario; every delay is 0 unless it is given.'),
    steps: z
      .array(z.union([...checks, ...others]))
      .optional()
      .describe('In order.'),
    checks: z.array(z.union(checks)).optional().describe('Short for steps that only check.'),
  });
  const { $schema, ...schema } = z.toJSONSchema(document, { io: 'input', target: 'draft-2020-12' });
  return { $schema, title: 'svclab Test', ...schema };
}
