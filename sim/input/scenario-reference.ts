import { DURATION_PATTERN, formatDuration } from '../cluster/duration.ts';
import { CLIENT_PRESETS } from './client-presets.ts';
import { scenarioJsonSchema } from './json-schema.ts';
import { ACCEPTED_KINDS, SIMULATED_KINDS } from './manifests/read.ts';

/** The part of JSON Schema that the Scenario format uses. */
interface Schema {
  type?: string;
  const?: string;
  enum?: string[];
  pattern?: string;
  description?: string;
  default?: unknown;
  examples?: string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | false;
  items?: Schema;
  anyOf?: Schema[];
}

/** The reference of the Scenario format in Markdown, written from the schema: a table for every section. */
export function scenarioReference(): string {
  return `${INTRODUCTION}\n${sections('', scenarioJsonSchema() as Schema)}\n${presets()}
${manifests()}`;
}

const INTRODUCTION = `# The Scenario file

<!-- Written from sim/input/scenario-schema.ts; \`npx vitest run sim/input/scenario-reference -u\` writes it anew. -->

A Scenario is a YAML (or JSON) file: Kubernetes manifests, the machines they run on, the load, and what happens when.
\`svclab validate FILE\` checks one, \`svclab schema\` prints its JSON Schema for editors.

    # yaml-language-server: $schema=../../schema/scenario.schema.json
    apiVersion: svclab.dev/v1alpha1
    kind: Scenario
    metadata: {name: first-steps, description: One Service under load}
    duration: 10m
    manifests: [shop.yaml]
    workloads:
      - {for: deployment/checkout, serviceTime: {lognormal: {mean: 40ms, p99: 250ms}}}
    traffic:
      - {name: storefront, to: 'http://checkout', arrivals: 200}
    thresholds: ['storefront.success >= 99.9%', 'storefront.p99 < 500ms']

- **Durations** always have a unit: \`250us\`, \`1.5s\`, \`1h30m\` (ns, us, ms, s, m, h). The longest is 104 days.
- **Rates** are requests per second. **Shares** are \`0.25\`, \`25%\` or \`1/4\`. **Cores** and **bytes** are Kubernetes quantities: \`500m\`, \`32Gi\`.
- **References** name what the manifests hold: \`deployment/checkout\` (in another namespace \`shop/deployment/checkout\`), \`http://payments.shop:8080\`, \`node/node-3\`.
- Kubernetes objects, in files or inline, are read as \`kubectl\` reads them (YAML 1.1: an unquoted \`no\` is false, \`010\` is 8); everything else is
  YAML 1.2. Where that makes a difference, a warning says so.
- A field that is not listed here is an error, with its place and the nearest known name.
- **Variants** change values by dotted paths. An element of a list is found by its index or by its \`name\`, \`for\` or \`to\`:
  \`workloads.frontend.calls.checkout.discovery: dns\`, \`traffic.storefront.client: go\`, \`clients.web.retries.max: 0\`. Each variant is checked in full.
`;

/** The table of one mapping, then those of the mappings in it. */
function sections(path: string, schema: Schema): string {
  const fields = Object.entries(schema.properties ?? {});
  const rows = fields.map(([name, field]) => {
    const fallback = schema.required?.includes(name) ? 'required' : 'default' in field ? code(field.default) : '';
    return `| \`${name}\` | ${typeOf(field)} | ${fallback} | ${cell(field.description ?? '')} |`;
  });
  const heading = path === '' ? '## Top level' : `## \`${path}\``;
  const table = [
    '',
    heading,
    '',
    '| Field | Type | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return table + fields.flatMap(([name, field]) => inner(path === '' ? name : `${path}.${name}`, field)).join('');
}

/** The sections below a field: of a mapping, of a list's items, of a mapping's values, of an alternative. */
function inner(path: string, field: Schema): string[] {
  if (field.anyOf !== undefined) return field.anyOf.flatMap((branch) => inner(path, branch));
  if (field.items !== undefined) return inner(`${path}[]`, field.items);
  if (field.properties !== undefined) return [sections(path, field)];
  return field.additionalProperties ? inner(`${path}.NAME`, field.additionalProperties) : [];
}

function typeOf(schema: Schema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.pattern === DURATION_PATTERN) return 'duration';
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (schema.type === 'object')
    return schema.additionalProperties ? `mapping to ${typeOf(schema.additionalProperties)}` : 'mapping';
  return (
    { string: 'text', integer: 'whole number', boolean: '`true`, `false`' }[schema.type ?? ''] ??
    schema.type ??
    'anything'
  );
}

function presets(): string {
  const rows = Object.entries(CLIENT_PRESETS).map(
    ([name, { pool, maxIdle, poolTimeout, keepAlive, connectTimeout, readTimeout, totalTimeout, retries }]) => {
      const counts = [pool, maxIdle].map((each) => (each === Number.POSITIVE_INFINITY ? 'unlimited' : each));
      const times = [poolTimeout, keepAlive, connectTimeout, readTimeout, totalTimeout].map((ns) =>
        ns === Number.POSITIVE_INFINITY ? 'none' : formatDuration(ns),
      );
      return `| \`${name}\` | ${[...counts, ...times, retries.max].join(' | ')} |`;
    },
  );
  const columns = [
    'Preset',
    'pool',
    'maxIdle',
    'poolTimeout',
    'keepAlive',
    'connectTimeout',
    'readTimeout',
    'totalTimeout',
    'retries.max',
  ];
  return `## Client presets

What clients do as they come out of the box; \`sim/input/client-presets.ts\` has the sources and what is simplified.

| ${columns.join(' | ')} |
|${columns.map(() => ' --- |').join('')}
${rows.join('\n')}
`;
}

function manifests(): string {
  return `## Manifests

Real Kubernetes objects, with Kubernetes' defaults and validation: one or more documents in a file, or a \`List\` as
\`kubectl get -o yaml\` prints it. An object with a \`status\` is in that state at the start; one without is new.

- Read and checked: ${SIMULATED_KINDS.join(', ')}. Where a run does not obey one yet, a warning says so.
- Accepted, without effect on Services: ${[...ACCEPTED_KINDS].join(', ')}.
- A field that Kubernetes knows but no model reads is accepted; a field that it does not know is a warning; a wrong type or value is an error.
- A Node without \`status.allocatable\` has 8 cores, 32Gi and room for 110 Pods. A container without a CPU request has none.
- Of \`preStop\` hooks those that sleep are simulated; of autoscalers' metrics the CPU with \`averageUtilization\`.
`;
}

function code(value: unknown): string {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  if (value === '' || isEmpty) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
