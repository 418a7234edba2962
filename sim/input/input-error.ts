import type { Message } from './scenario.ts';

/** The input is wrong: every fault that was found, in the order of the files. It is the user's to fix, so there is no stack. */
export class InputError extends Error {
  readonly messages: Message[];

  constructor(messages: Message[]) {
    super(messages.map(formatMessage).join('\n'));
    this.name = 'InputError';
    this.messages = messages;
    this.stack = `InputError: ${this.message}`;
  }
}

/**
 * A message as it is printed: where, what, and if known what was expected and how to fix it.
 *
 *     shop.yaml:41:17: spec.ports[0].targetPort: no container port is named "htttp"
 *       expected  1 to 65535, or a port name of the selected Pods: http, metrics
 *       fix       did you mean "http"?
 */
export function formatMessage({ file, line, column, path, text, expected, fix }: Message): string {
  const lines = [`${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${text}`];
  if (expected !== undefined) lines.push(`  expected  ${expected}`);
  if (fix !== undefined) lines.push(`  fix       ${fix}`);
  return visible(lines.join('\n'));
}

/** Bytes of a file that would move a terminal's cursor, or worse, as `\x1b`. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) =>
    char === '\n' || char === '\t' ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
