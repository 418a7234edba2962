import { keyOf, mix } from '../engine/hash.ts';

/** No vowels, so that no word comes out. @source k8s.io/apimachinery/pkg/util/rand */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A suffix as Kubernetes makes it, but from what it belongs to and a count, so that a run can be repeated. */
export function suffix(of: string, count: number, length: number): string {
  let hash = mix(keyOf(of), count);
  let text = '';
  for (let i = 0; i < length; i++) {
    hash = mix(hash, i);
    text += ALPHABET[(hash >>> 0) % ALPHABET.length];
  }
  return text;
}
