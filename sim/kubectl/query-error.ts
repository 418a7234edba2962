/** kubectl's own words for a question that has no answer. */
export class QueryError extends Error {
  /** The question itself was wrong, rather than what it asked for not there. */
  readonly isUsage: boolean;

  constructor(message: string, isUsage: boolean) {
    super(message);
    this.isUsage = isUsage;
  }
}
