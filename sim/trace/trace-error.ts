/** What is wrong with a trace file, in words for the person who opened it. Not a bug of svclab: it has no use for a stack. */
export class TraceError extends Error {
  override name = 'TraceError';
}
