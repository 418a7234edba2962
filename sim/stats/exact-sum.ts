const limb = 2 ** 52;

/**
 * A sum of non-negative integers, exact far beyond 2^53: limbs of base 2^52 in one `Float64Array`. The same numbers give
 * the same limbs in any order and any grouping, so results merge to the same bytes whatever the number of threads.
 */
export class ExactSum {
  /** value = limbs[0] + limbs[1] · 2^52 + limbs[2] · 2^104; each limb is an integer in [0, 2^52). */
  readonly limbs = new Float64Array(3);

  /** @param value an integer in [0, 2^52) */
  add(value: number): void {
    const limbs = this.limbs;
    const low = limbs[0]! + value;
    if (low < limb) limbs[0] = low;
    else {
      limbs[0] = low - limb;
      this.#carry(1, 1);
    }
  }

  /** Adds value². All in one body: a call would box its doubles. @param value an integer in [0, 2^52) */
  addSquare(value: number): void {
    // value = a 2^26 + b, so value² = a² 2^52 + a b 2^27 + b², and a b 2^27 is split once more at 2^52
    const limbs = this.limbs;
    const a = Math.floor(value / 0x4000000);
    const b = value - a * 0x4000000;
    const cross = a * b;
    const crossHigh = Math.floor(cross / 0x2000000);
    let middle = limbs[1]! + crossHigh;
    let low = limbs[0]! + b * b;
    if (low >= limb) {
      low -= limb;
      middle++;
    }
    low += (cross - crossHigh * 0x2000000) * 0x8000000;
    if (low >= limb) {
      low -= limb;
      middle++;
    }
    let high = limbs[2]!;
    if (middle >= limb) {
      middle -= limb;
      high++;
    }
    middle += a * a;
    if (middle >= limb) {
      middle -= limb;
      high++;
    }
    limbs[0] = low;
    limbs[1] = middle;
    limbs[2] = high;
  }

  /** Adds another sum. */
  merge(other: ExactSum): void {
    this.add(other.limbs[0]!);
    this.#carry(1, other.limbs[1]!);
    this.#carry(2, other.limbs[2]!);
  }

  /** @returns the nearest double, within one unit in the last place */
  value(): number {
    return this.limbs[0]! + limb * (this.limbs[1]! + limb * this.limbs[2]!);
  }

  /** @returns the sum, exactly */
  exact(): bigint {
    return BigInt(this.limbs[0]!) + (BigInt(this.limbs[1]!) << 52n) + (BigInt(this.limbs[2]!) << 104n);
  }

  #carry(index: number, value: number): void {
    const limbs = this.limbs;
    const sum = limbs[index]! + value;
    if (sum < limb || index === 2) limbs[index] = sum;
    else {
      limbs[index] = sum - limb;
      this.#carry(index + 1, 1);
    }
  }
}
