import type { Advice, Faults } from '../faults.ts';
import { nearest } from '../nearest.ts';
import { type Path, placeOf, type Tree } from '../tree.ts';

/**
 * What is wrong with one Kubernetes object, in the words of the API server's field errors, at the place in the file.
 * @source k8s.io/apimachinery/pkg/util/validation/field/errors.go
 */
export class Validation {
  readonly #tree: Tree;
  readonly #faults: Faults;
  readonly #enforced: boolean;

  /** The cluster's own ranges hold. */
  readonly hasRanges: boolean;

  /** @param enforced false: nothing is told @param hasRanges false: no value is refused for a range that clusters choose */
  constructor(tree: Tree, faults: Faults, enforced: boolean, hasRanges: boolean) {
    this.hasRanges = hasRanges;
    this.#tree = tree;
    this.#faults = faults;
    this.#enforced = enforced;
  }

  invalid(path: Path, value: unknown, detail: string, advice?: Advice): void {
    this.#error(path, `Invalid value: ${print(value)}: ${detail}`, advice);
  }

  required(path: Path, detail = ''): void {
    this.#error(path, `Required value${detail === '' ? '' : `: ${detail}`}`);
  }

  duplicate(path: Path, value: unknown): void {
    this.#error(path, `Duplicate value: ${print(value)}`);
  }

  notSupported(path: Path, value: unknown, supported: readonly string[]): void {
    const near = nearest(String(value), supported);
    const text = `Unsupported value: ${print(value)}: supported values: ${supported.map(print).join(', ')}`;
    this.#error(path, text, { fix: near === undefined ? undefined : `did you mean "${near}"?` });
  }

  forbidden(path: Path, detail: string): void {
    this.#error(path, `Forbidden: ${detail}`);
  }

  /** Kubernetes takes it, but the simulation differs or the object will not do what its writer wants. */
  warning(path: Path, text: string, advice?: Advice): void {
    if (this.#enforced) this.#faults.warning(placeOf(this.#tree, path), path, text, advice);
  }

  /** An integer within bounds. */
  atLeast(path: Path, value: number | undefined, minimum: number): void {
    if (value !== undefined && value < minimum)
      this.invalid(path, value, `must be greater than or equal to ${minimum}`);
  }

  port(path: Path, value: number): void {
    if (value < 1 || value > 65535) this.invalid(path, value, 'must be between 1 and 65535, inclusive');
  }

  oneOf(path: Path, value: string | undefined, supported: readonly string[]): void {
    if (value !== undefined && !supported.includes(value)) this.notSupported(path, value, supported);
  }

  #error(path: Path, text: string, advice: Advice = {}): void {
    if (this.#enforced) this.#faults.error(placeOf(this.#tree, path), path, text, advice);
  }
}

function print(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
