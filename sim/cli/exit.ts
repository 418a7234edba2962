/** Exit codes, a contract with scripts (docs/cli.md). */
export const EXIT = {
  /** It did what was asked, and the answer is yes. */
  done: 0,
  /** It ran, and the answer is no: a check failed, a threshold was missed. */
  no: 1,
  /** The input or the usage was wrong. */
  usage: 2,
  /** A fault of svclab's own. */
  internal: 70,
  /** Interrupted, after writing what there was. */
  interrupted: 130,
} as const;
