import { CSV_COLUMNS } from './csv.ts';

/** The columns of `tournament.csv`, as a page of the documentation. */
export function csvReference(): string {
  const rows = CSV_COLUMNS.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`);
  return `# tournament.csv

Written by \`npm run gen\`; do not edit. A line for each workload and strategy: workloads in their order, in each the best first, those that broke their
contract last. What there is no figure of is empty. Intervals are Student's t over replications, at 95 %. Lines end as RFC 4180 says.

| column | |
| --- | --- |
${rows.join('\n')}
`;
}
