import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Message } from '../input/scenario.ts';
import type { Place } from '../input/tree.ts';
import type { Check } from './check.ts';
import type { TestCluster } from './cluster.ts';
import type { ObjectRef } from './world.ts';

/** A document of kind Test, checked: plain data with every default. */
export interface TestDocument {
  file: string;
  name: string;
  place: Place;
  cluster: TestCluster;
  objects: KubernetesObject[];
  steps: Step[];
  /** What the API server would say of the objects; a check may expect it. Empty: it takes them all. */
  refusals: Message[];
}

export type Step = CheckStep | ApplyStep | DeleteStep | WaitStep;

export interface CheckStep {
  action: 'check';
  place: Place;
  name: string;
  check: Check;
  fields: unknown;
  expect: unknown;
}

export interface ApplyStep {
  action: 'apply';
  place: Place;
  objects: KubernetesObject[];
}

export interface DeleteStep {
  action: 'delete';
  place: Place;
  refs: ObjectRef[];
}

export interface WaitStep {
  action: 'wait';
  place: Place;
  /** ns. */
  duration: number;
}

/** A document that is no Test, or not a good one. */
export interface MalformedTest {
  file: string;
  /** As far as it can be read. */
  name: string;
  place: Place;
  errors: Message[];
}
