import { isIP } from 'node:net';
import { spelledHost } from '../host.ts';
import type { BypassRule } from '../types.ts';
import { address, type Format, FormatError, readList } from './formats.ts';

const proxyAddress = address('http.proxy.username and http.proxy.password');

/** Where a proxy is. Its user and password have keys of their own, since the address is logged. */
export const proxyUrl: Format<URL> = {
  ...proxyAddress,
  read: text => {
    const url = proxyAddress.read(text);
    if (url !== undefined && (url.pathname !== '/' || url.search !== '')) {
      throw new FormatError('must be host and port of a proxy alone, e.g. http://proxy.example.org:3128');
    }
    return url;
  },
};

export const bypassList: Format<readonly BypassRule[]> = {
  type: 'list',
  expects:
    'hosts (example.org: it and all below; .example.org or *.example.org: all below), addresses, networks (10.0.0.0/8), ' +
    'each but networks with a :port if wanted, <local>, or *',
  verbatim: false,
  quotable: true,
  read: text => readList(text, readBypassRule),
};

/** One item of `http.proxy.bypass` or NO_PROXY. Null when it is none. */
export function readBypassRule(item: string): BypassRule | null {
  if (item === '*') return { kind: 'all' };
  if (item.toLowerCase() === '<local>') return { kind: 'local' };
  const network = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/i.exec(item);
  if (network !== null) return readNetwork(network[1]!, Number(network[2]), null);
  const bare = isIP(item);
  if (bare !== 0) return readNetwork(item, bare === 4 ? 32 : 128, null);
  const [, host, digits] = /^(\[[0-9a-f.:]+\]|[^:[\]/]+)(?::(\d{1,5}))?$/i.exec(item) ?? [];
  if (host === undefined || Number(digits ?? 1) < 1 || Number(digits ?? 1) > 65_535) return null;
  return readHost(host, digits === undefined ? null : Number(digits));
}

function readHost(host: string, port: number | null): BypassRule | null {
  const suffix = host.replace(/^\*?\./, '');
  const name = /[*<>\s@?#%\\]/.test(suffix) ? null : spelledHost(suffix);
  if (name === null || name === '') return null;
  const family = isIP(name);
  if (family === 0) return { kind: 'name', name, itself: suffix === host, port };
  return suffix === host ? readNetwork(name, family === 4 ? 32 : 128, port) : null;
}

function readNetwork(address: string, prefix: number, port: number | null): BypassRule | null {
  const family = isIP(address);
  const isOne = family !== 0 && prefix <= (family === 4 ? 32 : 128);
  return isOne ? { kind: 'network', address, prefix, port } : null;
}
