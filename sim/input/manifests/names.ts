import type { Path } from '../tree.ts';
import type { Validation } from './validation.ts';

/**
 * The rules for names and labels, each with the API server's own words.
 * @source k8s.io/apimachinery/pkg/util/validation/validation.go
 */
interface NameRule {
  pattern: RegExp;
  longest: number;
  message: string;
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

/** Of Pods, Deployments, Nodes and most others. */
export const DNS_1123_SUBDOMAIN: NameRule = {
  pattern: new RegExp(`^${SUBDOMAIN}$`),
  longest: 253,
  message: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
};

/** Of namespaces, containers and Service ports. */
export const DNS_1123_LABEL: NameRule = {
  pattern: new RegExp(`^${LABEL}$`),
  longest: 63,
  message: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
};

/** Of Services. */
export const DNS_1035_LABEL: NameRule = {
  pattern: new RegExp(`^${LABEL_1035}$`),
  longest: 63,
  message: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL_1035}')`,
};

const LABEL_NAME: NameRule = {
  pattern: new RegExp(`^${QUALIFIED}$`),
  longest: 63,
  message: `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`,
};

const LABEL_VALUE: NameRule = {
  pattern: new RegExp(`^(${QUALIFIED})?$`),
  longest: 63,
  message: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${QUALIFIED})?')`,
};

export function checkName(v: Validation, path: Path, name: string, rule: NameRule): void {
  if (name.length > rule.longest) v.invalid(path, name, `must be no more than ${rule.longest} bytes`);
  else if (!rule.pattern.test(name)) v.invalid(path, name, rule.message);
}

/** Such as `example.com/internal-vip` or `internal-vip`. */
export function checkQualifiedName(v: Validation, path: Path, name: string): void {
  const slash = name.indexOf('/');
  if (slash >= 0) checkName(v, path, name.slice(0, slash), DNS_1123_SUBDOMAIN);
  checkName(v, path, name.slice(slash + 1), LABEL_NAME);
}

export function checkLabels(v: Validation, path: Path, labels: Record<string, string> = {}): void {
  for (const [key, value] of Object.entries(labels)) {
    checkQualifiedName(v, [...path, key], key);
    checkName(v, [...path, key], value, LABEL_VALUE);
  }
}

/** A name of a container's port: an IANA service name, at most 15 characters. */
export function checkPortName(v: Validation, path: Path, name: string): void {
  if (name.length > 15) v.invalid(path, name, 'must be no more than 15 bytes');
  if (!/^[-a-z0-9]+$/.test(name))
    v.invalid(path, name, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  else if (!/[a-z]/.test(name)) v.invalid(path, name, 'must contain at least one letter (a-z)');
  else if (name.includes('--')) v.invalid(path, name, 'must not contain consecutive hyphens');
  else if (name.startsWith('-') || name.endsWith('-')) v.invalid(path, name, 'must not begin or end with a hyphen');
}
