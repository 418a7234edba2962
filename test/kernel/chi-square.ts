/** The chance that a chi-square variable of so many degrees of freedom is at least `x`. */
export function chiSquareTail(x: number, degrees: number): number {
  if (degrees === 0 || x <= 0) return 1;
  const [a, z] = [degrees / 2, x / 2];
  return z < a + 1 ? 1 - lowerSeries(a, z) : upperFraction(a, z);
}

/** The regularised lower incomplete gamma function by its series. */
function lowerSeries(a: number, z: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-15; n++) {
    term *= z / (a + n);
    sum += term;
  }
  return sum * Math.exp(-z + a * Math.log(z) - logGamma(a));
}

/** The regularised upper one by its continued fraction (Lentz). */
function upperFraction(a: number, z: number): number {
  const tiny = 1e-300;
  let b = z + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1000; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b || tiny);
    c = b + factor / c || tiny;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return h * Math.exp(-z + a * Math.log(z) - logGamma(a));
}

/** Stirling's series, after raising the argument. */
function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  return (
    (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
  );
}
