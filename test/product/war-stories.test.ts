import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runTestFile } from '../../sim/check/run-tests.ts';
import { loadScenario } from '../../sim/input/load.ts';
import { outcomeOf, ROOT } from './runs.ts';

/** The small scenarios: what a reader is to learn from each, in the words of its verdict. */
const STORIES: Record<string, { verdict: RegExp; variants?: Record<string, RegExp> }> = {
  'selector-mismatch': {
    verdict:
      /checkout-service had no ready endpoint \(selector app=checkout,tier=api-backend matches no Pod; nearest: app=checkout,tier=backend/,
    variants: { ipvs: /had no ready endpoint/, ebpf: /had no ready endpoint/ },
  },
  'running-not-ready': {
    verdict: /catalog had no ready endpoint \(3 Pods selected, none ready: readiness probe fails/,
    variants: { 'rolling-update': /[0-9.]+ % of the requests of visitors failed for \d+\.\d+ s|No incident/ },
  },
  'wrong-target-port': {
    verdict: /nothing listens where orders sends, for port 80 leads to TCP 8081 of its Pods, which listen at TCP 8080/,
  },
  'short-name': {
    verdict: /frontend could not find postgres, because the DNS server knew no such name/,
    variants: { 'with-namespace': /No incident/ },
  },
  'load-balancer-pending': {
    verdict: /load balancer of storefront has no address; it is <pending>/,
    variants: { metallb: /No incident/, 'node-port': /No incident/ },
  },
  'release-selector': {
    verdict: /cart had no ready endpoint \(selector app=cart,release=v41 matches no Pod; nearest: app=cart,release=v42/,
  },
  'cluster-ip-from-outside': {
    verdict: /no route leads from outside to the cluster IP 10\.96\.6\.6/,
    variants: { 'load-balancer': /No incident/, 'node-port': /No incident/ },
  },
  'node-port-firewall': {
    verdict: /firewall lets 22, 443, 30000-30999 in, and not the node port 31777/,
    variants: { 'port-in-range': /No incident/ },
  },
  'canary-by-route': { verdict: /the ready Pods of cart-v2 were 99\.\d+ % busy/ },
  'grpc-imbalance': {
    verdict: /2 Pods of pricing had more than they could serve, while others stood up to 100 % idle/,
    variants: { 'round-robin': /failed for 15\.0 s|No incident/ },
  },
  'metastable-retries': { verdict: /failed for 7 min 5\d s: the ready Pods of search were 99\.\d+ % busy/ },
  'network-policy': { verdict: /a network policy keeps storefront from connecting to the Pods of payments/ },
};

const scenarioFile = (name: string) => join(ROOT, 'scenarios', name, 'scenario.yaml');
const files = { read: (path: string) => readFileSync(path, 'utf8') };

describe.each(Object.entries(STORIES))('%s', (name, { verdict, variants = {} }) => {
  const file = loadScenario(scenarioFile(name), files);

  test('the run says what went wrong', () => {
    expect(outcomeOf(file.base).story.verdict).toMatch(verdict);
  });

  test.each(Object.entries(variants))('%s', (variant, expected) => {
    const scenario = file.variants.find((each) => each.variant === variant)!;
    expect(outcomeOf(scenario).story.verdict).toMatch(expected);
  });
});

describe('each scenario', () => {
  const names = readdirSync(join(ROOT, 'scenarios'));

  test.each(names)('%s has a text for people', (name) => {
    expect(existsSync(join(ROOT, 'scenarios', name, 'README.md'))).toBe(true);
  });

  test.each(names.filter((name) => existsSync(join(ROOT, 'scenarios', name, 'test.yaml'))))(
    '%s: its Tests pass',
    (name) => {
      const path = join(ROOT, 'scenarios', name, 'test.yaml');
      const { results } = runTestFile(path, files);
      expect(results.length).toBeGreaterThan(0);
      expect(results.filter(({ ok }) => !ok)).toEqual([]);
    },
  );
});
