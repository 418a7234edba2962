import { z } from 'zod';
import { ObjectStore } from '../cluster/store.ts';
import { scenarioSection } from './scenario-schema.ts';

/** Names play no part in the shape. */
const NOWHERE = {
  namespace: 'default',
  services: new Map(),
  workloads: new Map(),
  nodes: new Set<string>(),
  objects: new Map(),
  applied: [],
  logs: new Map(),
  routing: new ObjectStore(new Float64Array(1)),
  clients: new Set<string>(),
  traffic: new Set<string>(),
};

/** The JSON Schema (draft 2020-12) of a Scenario file, for editors; names, sums and orders are checked by the loader alone. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(scenarioSection(NOWHERE), { io: 'input', target: 'draft-2020-12' });
  return { $schema, title: 'svclab Scenario', ...schema };
}
