/**
 * What a caller may do wrong, one word each.
 * - `notANumber`, `negative`, `notAnInteger`, `past`: a time or a delay that cannot be
 * - `unknownKind`, `unknownLane`: a number that `define` or `lane` never gave out
 * - `full`: a store has reached its limit
 * - `stale`: a handle of something that has ended meanwhile
 * - `parameter`: a distribution or an arrival process that does not exist with these figures
 * - `reentrant`: `run` or `step` from inside an event
 */
export type EngineErrorCode =
  | 'notANumber'
  | 'negative'
  | 'notAnInteger'
  | 'past'
  | 'unknownKind'
  | 'unknownLane'
  | 'full'
  | 'stale'
  | 'parameter'
  | 'reentrant';

/** A mistake in the use of the engine, thrown at the place of the mistake, in every build. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
  }
}
