import type { Container } from './api/pod.ts';

/**
 * How long the preStop hook sleeps: `sleep: {seconds: 5}`, or a command such as `sleep 5` or `["sh", "-c", "sleep 5"]`.
 * @returns undefined: it does something else
 */
export function preStopSeconds({ lifecycle }: Pick<Container, 'lifecycle'>): number | undefined {
  const hook = lifecycle?.preStop;
  if (hook?.sleep?.seconds !== undefined) return hook.sleep.seconds;
  const seconds = /\bsleep (\d+(\.\d+)?)\b/.exec(hook?.exec?.command?.join(' ') ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
