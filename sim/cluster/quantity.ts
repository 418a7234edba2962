/**
 * Kubernetes resource quantities: `500m`, `1.5`, `2Gi`, `1e3`.
 * @source https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

/** The API server's own words for a quantity that it cannot read. */
export const QUANTITY_MESSAGE =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const SYNTAX = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([numkMGTPE])|([KMGTPE])i|[eE]([+-]?\d{1,3}))?$/;
const DECIMAL_EXPONENTS: Record<string, number> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY_EXPONENTS: Record<string, bigint> = { K: 10n, M: 20n, G: 30n, T: 40n, P: 50n, E: 60n };

/**
 * @returns thousandths, rounded up as Kubernetes rounds: `500m` is 500, `2` is 2000, `1u` is 1
 * @throws Error with the API server's message
 */
export function parseQuantityMilli(text: string): number {
  return parse(text, 3);
}

/**
 * @returns bytes, rounded up: `1Gi` is 1073741824, `1500m` is 2
 * @throws Error with the API server's message
 */
export function parseBytes(text: string): number {
  return parse(text, 0);
}

/** The value times 10^`scale`, rounded up (away from zero), computed in integers. */
function parse(text: string, scale: number): number {
  const match = SYNTAX.exec(text);
  if (match === null) throw new Error(QUANTITY_MESSAGE);
  const [, sign, digits = '', decimal, binary, exponent] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  let numerator = BigInt(whole + fraction);
  let tens = scale - fraction.length;
  if (decimal !== undefined) tens += DECIMAL_EXPONENTS[decimal]!;
  if (binary !== undefined) numerator <<= BINARY_EXPONENTS[binary]!;
  if (exponent !== undefined) tens += Number(exponent);
  const denominator = tens < 0 ? 10n ** BigInt(-tens) : 1n;
  if (tens > 0) numerator *= 10n ** BigInt(tens);
  const value = Number((numerator + denominator - 1n) / denominator);
  return sign === '-' ? -value : value;
}
