/**
 * What a plain (unquoted) scalar means depends on who reads it: kubectl reads YAML 1.1 as go-yaml v2 does, svclab's own
 * kinds are YAML 1.2. Both are functions from the text to the value.
 */
export type ScalarReader = (text: string) => string | number | boolean | null;

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const TRUE = new Set(['true', 'True', 'TRUE']);
const FALSE = new Set(['false', 'False', 'FALSE']);
const TRUE_1_1 = new Set([...TRUE, 'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const FALSE_1_1 = new Set([...FALSE, 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const INFINITE = /^([-+]?)\.(inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(nan|NaN|NAN)$/;

/** @source https://yaml.org/spec/1.2.2/#103-core-schema */
export const readYaml12: ScalarReader = (text) => {
  if (NULLS.has(text)) return null;
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  if (/^0o[0-7]+$/.test(text) || /^0x[\da-fA-F]+$/.test(text)) return Number(text);
  return readFloat(text);
};

/** @source gopkg.in/yaml.v2 resolve.go, the reader behind sigs.k8s.io/yaml: octal `010`, `0b1`, `1_000`, `yes`, `off`, `y` */
export const readAsKubectl: ScalarReader = (text) => {
  if (NULLS.has(text)) return null;
  if (TRUE_1_1.has(text)) return true;
  if (FALSE_1_1.has(text)) return false;
  const plain = /^[-+]?[\d.]/.test(text) ? text.replaceAll('_', '') : text;
  const integer = /^([-+]?)(0b[01]+|0x[\da-fA-F]+|0o?[0-7]+)$/.exec(plain);
  if (integer !== null) {
    const digits = integer[2]!.replace(/^0(?=[0-7])/, '0o');
    return (integer[1] === '-' ? -1 : 1) * Number(digits);
  }
  const number = readFloat(plain);
  return typeof number === 'number' ? number : text;
};

function readFloat(text: string): string | number {
  if (FLOAT.test(text)) return Number(text);
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return NOT_A_NUMBER.test(text) ? Number.NaN : text;
}
