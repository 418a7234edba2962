import { describe, expect, test } from 'vitest';
import { madeUpResult } from '../../../test/tournament/made-up-result.ts';
import { CSV_COLUMNS, tournamentCsv } from './csv.ts';
import { csvReference } from './csv-reference.ts';
import { apart } from './focus-lines.ts';
import { intervalText } from './measures.ts';
import { tournamentPage } from './page.ts';
import { workloadAnswer } from './sentences.ts';

const result = madeUpResult();

describe('the page', () => {
  const page = tournamentPage(result);

  test('has the answer, every strategy, every workload and the command, and stays small', () => {
    expect(page).toContain(`<h1>${result.answer}</h1>`);
    for (const { name } of result.workloads) expect(page).toContain(`<h3 id="workload-${name}">`);
    for (const { strategy } of result.overall) expect(page).toContain(strategy);
    expect(page).toContain(result.command);
    expect(page.length).toBeLessThan(3e6);
    expect(page).not.toMatch(/NaN|undefined|Infinity|<script/);
  });

  test('the same result gives the same bytes', () => expect(tournamentPage(madeUpResult())).toBe(page));

  test('one workload, one strategy, no curves, no costs: no part is left without figures', () => {
    const [workload] = result.workloads;
    const [row] = workload!.rows;
    const small = tournamentPage({
      ...result,
      strategies: result.strategies
        .filter(({ name }) => name === row!.strategy)
        .map((strategy) => ({ ...strategy, cost: null })),
      workloads: [{ ...workload!, rows: [{ ...row!, rank: { best: 1, worst: 1 }, beats: [], windows: [], tail: [] }] }],
      overall: result.overall.filter(({ strategy }) => strategy === row!.strategy),
      curves: null,
    });
    expect(small).toContain('it is the only one');
    expect(small).not.toContain('Load and latency');
    expect(small).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('nobody played to the end: a page all the same', () => {
    const workloads = result.workloads.map((workload) => ({ ...workload, rows: [] }));
    const empty = tournamentPage({ ...result, workloads, overall: [], curves: null });
    expect(empty).toContain('No strategy played homogeneous to the end.');
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('interrupted before any workload was played: a page all the same', () => {
    const none = tournamentPage({ ...result, workloads: [], overall: [], curves: null });
    expect(none).toContain(result.command);
    expect(none).not.toMatch(/NaN|undefined|Infinity/);
    expect(none).not.toContain('Tails of latency');
  });
});

describe('CSV', () => {
  const lines = tournamentCsv(result).split('\r\n');
  const cells = (line: string) => line.split(',');

  test('has a line for each workload and strategy, those with a fault too, and its columns are named once', () => {
    expect(lines).toHaveLength(1 + result.workloads.length * result.strategies.length + 1);
    const names = cells(lines[0]!);
    expect(names).toEqual(CSV_COLUMNS.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  test('times are seconds, and the ends of an interval stand beside it', () => {
    const of = (name: string) => Number(cells(lines[1]!)[cells(lines[0]!).indexOf(name)]);
    const { mean, halfWidth } = result.workloads[0]!.rows[0]!.figures.p99!;
    expect(of('p99_seconds')).toBeCloseTo(mean / 1e9, 12);
    expect(of('p99_seconds_high')).toBeCloseTo((mean + halfWidth!) / 1e9, 12);
  });

  test('its columns are documented', async () => {
    await expect(csvReference()).toMatchFileSnapshot('../../../docs/tournament-csv.md');
  });

  test('what has no figure is empty', () => {
    const faulty = lines.find((line) => line.includes('mine<b>'))!;
    expect(faulty).toMatch(/,{20}/);
    expect(faulty).toMatch(/TypeError/);
  });
});

describe('words', () => {
  test.each([
    [{ mean: 1.2e7, halfWidth: 4e5 }, '12.0 ms (11.6 to 12.4)'],
    [{ mean: 9.99e8, halfWidth: 2e6 }, '999 ms (997 ms to 1.00 s)'],
    [{ mean: 1.2e7, halfWidth: null }, '12.0 ms'],
    [null, '–'],
  ])('an interval of %j', (estimate, text) => expect(intervalText('p99', estimate)).toBe(text));

  test('the sentence of a workload says who is as good as the best', () => {
    const [workload] = result.workloads;
    const rows = workload!.rows.slice(0, 3);
    const sentence = (beats: string[]) =>
      workloadAnswer({ ...workload!, rows: [{ ...rows[0]!, beats }, ...rows.slice(1)] }, 'p99');
    const [first, second, third] = rows.map(({ strategy }) => strategy);
    expect(sentence([second!, third!])).toBe(`${first} has the lowest p99; all 2 others are shown to be worse.`);
    expect(sentence([third!])).toBe(
      `${first} has the lowest p99; no difference was found to ${second}, 1 is shown to be worse.`,
    );
    expect(sentence([])).toBe(`${first} has the lowest p99; no difference was found to ${second} and ${third}.`);
  });
});

test('names stand apart, in their order, and within their range', () => {
  expect(apart([5, 6, 7], 10, [0, 100])).toEqual([5, 15, 25]);
  expect(apart([95, 96, 97], 10, [0, 100])).toEqual([80, 90, 100]);
  expect(apart([], 10, [0, 100])).toEqual([]);
});
