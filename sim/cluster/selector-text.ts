import type { Labels } from './api/meta.ts';

/** What a selector demands of one label. */
interface Requirement {
  key: string;
  operator: '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';
  values: readonly string[];
}

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const TOKEN = /\s*(!=|==|[=!<>(),]|[^\s=!<>(),]+)/y;

/**
 * Reads a selector as `kubectl -l` takes it: `app=web,tier in (a,b),!canary,weight>3`.
 * @returns does it match these labels? An empty text matches everything
 * @throws Error that says what is wrong
 * @source apimachinery pkg/labels/selector.go Parse, Requirement.Matches: != and notin match where the key is absent
 */
export function parseSelector(text: string): (labels: Labels) => boolean {
  const requirements = new Parser(text).requirements();
  return (labels) => requirements.every((requirement) => holds(requirement, labels));
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'exists') return value !== undefined;
  if (operator === '!') return value === undefined;
  if (operator === '=' || operator === 'in') return value !== undefined && values.includes(value);
  if (operator === '!=' || operator === 'notin') return value === undefined || !values.includes(value);
  if (value === undefined || !/^[-+]?\d+$/.test(value)) return false;
  return operator === '>' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
}

class Parser {
  readonly #text: string;
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) this.#tokens.push(match[1]!);
  }

  requirements(): Requirement[] {
    const requirements: Requirement[] = [];
    if (this.#tokens.length === 0) return requirements;
    for (;;) {
      requirements.push(this.#requirement());
      if (this.#at === this.#tokens.length) return requirements;
      this.#expect(',');
    }
  }

  #requirement(): Requirement {
    if (this.#take('!')) return { key: this.#key(), operator: '!', values: [] };
    const key = this.#key();
    const operator = this.#peek();
    if (operator === undefined || operator === ',') return { key, operator: 'exists', values: [] };
    this.#at++;
    switch (operator) {
      case '=':
      case '==':
        return { key, operator: '=', values: [this.#value()] };
      case '!=':
        return { key, operator, values: [this.#value()] };
      case 'in':
      case 'notin':
        return { key, operator, values: this.#set() };
      case '>':
      case '<': {
        const value = this.#value();
        if (!/^[-+]?\d+$/.test(value)) this.#fail(`for '${operator}' the value must be an integer`);
        return { key, operator, values: [value] };
      }
      default:
        return this.#fail(`found '${operator}', expected: in, notin, =, ==, !=, >, <`);
    }
  }

  #set(): string[] {
    this.#expect('(');
    const values: string[] = [];
    for (;;) {
      values.push(this.#value());
      if (this.#take(')')) return values;
      this.#expect(',');
    }
  }

  #key(): string {
    const key = this.#tokens[this.#at++] ?? '';
    const [name, prefix, more] = key.split('/').reverse();
    const good = NAME.test(name!) && more === undefined && (prefix === undefined || PREFIX.test(prefix));
    if (!good) this.#fail(key === '' ? 'a key is missing' : `"${key}" is no label key`);
    return key;
  }

  /** May be empty: `x=` and `x in (,a)`. */
  #value(): string {
    const value = this.#peek();
    if (value === undefined || value === ',' || value === ')') return '';
    this.#at++;
    if (!NAME.test(value)) this.#fail(`"${value}" is no label value`);
    return value;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) this.#fail(`found '${this.#peek() ?? ''}', expected '${token}'`);
  }

  #fail(why: string): never {
    throw new Error(`unable to parse "${this.#text}" as a label selector: ${why}`);
  }
}
