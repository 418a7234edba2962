/**
 * A largest set of pairs between the left and the right, each used once: Kuhn's augmenting paths, O(left × edges).
 * @param fits may `left` i and `right` j be a pair? Asked once for each pair at most
 * @returns for each of the left the index of its partner, or -1
 */
export function pairUp(left: number, right: number, fits: (i: number, j: number) => boolean): Int32Array {
  const known = new Int8Array(left * right); // 0: not asked yet
  const partnerOfRight = new Int32Array(right).fill(-1);
  const partnerOfLeft = new Int32Array(left).fill(-1);

  const isPair = (i: number, j: number): boolean => {
    const at = i * right + j;
    if (known[at] === 0) known[at] = fits(i, j) ? 1 : -1;
    return known[at] === 1;
  };
  const place = (i: number, visited: Uint8Array): boolean => {
    for (let j = 0; j < right; j++) {
      if (visited[j] === 1 || !isPair(i, j)) continue;
      visited[j] = 1;
      if (partnerOfRight[j]! >= 0 && !place(partnerOfRight[j]!, visited)) continue;
      partnerOfRight[j] = i;
      partnerOfLeft[i] = j;
      return true;
    }
    return false;
  };

  for (let i = 0; i < left; i++) place(i, new Uint8Array(right));
  return partnerOfLeft;
}
