import type { Labels } from './api/meta.ts';
import type { Pod } from './api/pod.ts';

/** What is wrong with a release, as annotations of its Pods: the simulated containers and their kubelets read them. */
const NEVER_READY = 'svclab.dev/never-ready';
const CANNOT_PULL = 'svclab.dev/cannot-pull';
const SLOWER = 'svclab.dev/slower';
const ERRORS = 'svclab.dev/errors';

export interface ReleaseMarks {
  ready: boolean;
  pulls: boolean;
  slower: number;
  errors: number;
}

/** The annotations of a template without marks of an earlier release, and with these. */
export function withMarks(annotations: Labels | undefined, marks: ReleaseMarks): Labels {
  const all = [NEVER_READY, CANNOT_PULL, SLOWER, ERRORS];
  const others = Object.entries(annotations ?? {}).filter(([name]) => !all.includes(name));
  return {
    ...Object.fromEntries(others),
    ...(!marks.ready && { [NEVER_READY]: 'true' }),
    ...(!marks.pulls && { [CANNOT_PULL]: 'true' }),
    ...(marks.slower !== 1 && { [SLOWER]: String(marks.slower) }),
    ...(marks.errors !== 0 && { [ERRORS]: String(marks.errors) }),
  };
}

export function neverReady({ metadata }: Pod): boolean {
  return metadata.annotations[NEVER_READY] !== undefined;
}

export function cannotPull({ metadata }: Pod): boolean {
  return metadata.annotations[CANNOT_PULL] !== undefined;
}

/** Requests take so many times the CPU. */
export function slowerBy({ metadata }: Pod): number {
  return Number(metadata.annotations[SLOWER] ?? 1);
}

/** Share of requests that are answered with an error. */
export function errorShare({ metadata }: Pod): number {
  return Number(metadata.annotations[ERRORS] ?? 0);
}
