import { describe, expect, test } from 'vitest';
import { outcomeOf } from './runs.ts';
import { type SmallWorld, scenarioOf } from './worlds.ts';

/** What a verdict names as the cause, where it is something that was done to the cluster or left out of a manifest. */
const storyOf = (world: SmallWorld) => outcomeOf(scenarioOf(world)).story;
const textOf = (world: SmallWorld, title: string) => storyOf(world).steps.find((step) => step.title === title)?.text;

const restart = { at: '20s', restart: 'deployment/app' };
const impatient = { web: { timeout: '2s', connections: { connectTimeout: '1s' } } };

function world(timeline: SmallWorld['timeline'], more: Partial<SmallWorld> = {}): SmallWorld {
  return {
    apps: [{ name: 'app', replicas: 2, behaviour: { cores: 8 } }],
    rate: 50,
    duration: '90s',
    clients: impatient,
    timeline: timeline!,
    ...more,
  };
}

describe('kube-proxies that are stuck while Pods are replaced', () => {
  const stuck = world([{ at: '10s', stuckProxy: {}, for: '40s' }, restart]);

  test('are the cause, and not the Pods', () => {
    expect(storyOf(stuck).verdict).toMatch(
      /nodes kept sending to Pods of app that had ended; kube-proxy on node-0 is stuck.*\(and 2 more like it\)/,
    );
  });

  test('end it when they go on', () => {
    expect(textOf(stuck, 'What ended it')).toMatch(/kube-proxy on node-\d goes on\. By/);
  });

  test('were mended long before another restart: they are not the cause of what that costs', () => {
    const later = [
      { at: '1s', stuckProxy: {}, for: '2s' },
      { at: '5m', restart: 'deployment/app' },
    ];
    const { verdict } = storyOf(world(later, { duration: '6m' }));
    expect(verdict).not.toMatch(/stuck/);
  });
});

describe('a rollout of Pods that take a while to listen', () => {
  const slow = (container: Record<string, unknown>): SmallWorld =>
    world([restart], { apps: [{ name: 'app', container, behaviour: { cores: 8, startup: '3s' } }] });

  test('without a readiness probe: they are Ready too early', () => {
    const { verdict, steps } = storyOf(slow({}));
    expect(verdict).toMatch(/1 Pod of app counted as Ready before it listened, and refused connections until then/);
    expect(steps.at(-1)!.text).toMatch(/readinessProbe/);
  });

  test('with one: no word of it', () => {
    const readinessProbe = { tcpSocket: { port: 8080 }, periodSeconds: 1 };
    expect(storyOf(slow({ readinessProbe })).verdict).not.toMatch(/Ready before/);
  });
});

describe('a fault', () => {
  test('caches that are flushed', () => {
    const cached = { to: 'http://back', client: 'web', cache: { hitRatio: 0.95 } };
    const flushed: SmallWorld = {
      apps: [
        { name: 'front', behaviour: { serviceTime: '100us', cores: 8, calls: [cached] } },
        { name: 'back', behaviour: { cores: 1 } },
      ],
      rate: 300,
      duration: '120s',
      clients: impatient,
      timeline: [{ at: '60s', flush: 'deployment/front' }],
    };
    expect(storyOf(flushed).verdict).toMatch(/the caches in front of default\/front's calls are empty/);
  });

  test('is named also where its silence is told only by timeouts that are longer than two minutes', () => {
    const hang = { at: '20s', degrade: { pods: 'deployment/app', hang: true }, for: '200s' };
    const patient = { web: { timeout: '170s' } };
    expect(storyOf(world([hang], { duration: '6m', rate: 5, clients: patient })).verdict).toMatch(
      /requests are accepted and not answered/,
    );
  });
});

test('attempts that ended within an incident and were sent before it tell where they went', () => {
  const few = world([{ at: '10s', restart: 'deployment/app' }], {
    apps: [{ name: 'app', replicas: 2, behaviour: { cores: 8 } }, { name: 'front' }],
    clients: { web: {} },
    traffic: { from: 'deployment/front', discovery: 'podIP', arrivals: { replay: ['50s', '51s'] } },
    duration: '5m',
  });
  expect(storyOf(few).verdict).toMatch(/users kept sending to Pod addresses of app that no longer existed/);
});

test('a run without a request says so', () => {
  expect(storyOf(world([], { traffic: { arrivals: { replay: ['10m'] } } })).verdict).toBe(
    'No request of users arrived: the run ended after 1 min 30 s.',
  );
});
