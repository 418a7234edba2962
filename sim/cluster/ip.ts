/**
 * IP addresses and blocks of both families as text: what manifests hold. (`address.ts` has the 32-bit integers that the
 * simulation of Pod networks computes with.)
 */
import ipaddr from 'ipaddr.js';
import type { IPFamily } from './api/service.ts';

/** Go's parser, and so Kubernetes, refuses leading zeros, since some programs read them as octal. */
const IPV4 = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/;

/** @returns null where `text` is no address; a zone (`fe80::1%eth0`) is none */
export function familyOf(text: string): IPFamily | null {
  if (IPV4.test(text)) return 'IPv4';
  return text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text) ? 'IPv6' : null;
}

/** The canonical spelling (RFC 5952): `FD00:0::1` is `fd00::1`. A text that is no address comes back as it is. */
export function canonicalIP(text: string): string {
  return familyOf(text) === 'IPv6' ? ipaddr.IPv6.parse(text).toRFC5952String() : text;
}

/** Do two spellings name one address? */
export function sameIP(a: string, b: string): boolean {
  return a === b || canonicalIP(a) === canonicalIP(b);
}

/** Is `text` a block such as `10.0.0.0/8` or `fd00::/64`? */
export function isCIDR(text: string): boolean {
  const [address = '', bits = '', rest] = text.split('/');
  const family = familyOf(address);
  return (
    family !== null && rest === undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'IPv4' ? 32 : 128)
  );
}

/** Is the address in the block? Of different families: no. */
export function inCIDR(address: string, cidr: string): boolean {
  const [base, bits] = cidr.split('/') as [string, string];
  const family = familyOf(address);
  if (family === null || family !== familyOf(base)) return false;
  return family === 'IPv4'
    ? ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parse(base), Number(bits))
    : ipaddr.IPv6.parse(address).match(ipaddr.IPv6.parse(base), Number(bits));
}

/** `10.0.0.1:80` or `[fd00::1]:80`. */
export function joinHostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The bytes of an address, most significant first: 4 or 16. @throws Error where `text` is no address */
export function bytesOfIP(text: string): number[] {
  return ipaddr.parse(text).toByteArray();
}
