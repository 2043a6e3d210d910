import type { HeaderPattern } from '../../config/route/types.ts';
import type { Chain } from './chain.ts';
import type { Carried, DataRequest } from './endpoint.ts';
import { isAddressed, type LogRecord, type PartitionLog } from './log.ts';
import type { Written } from './routing.ts';
import { Violation } from './violation.ts';

/** The request that a record makes, its body aside. */
export interface Address {
  readonly method: string;
  readonly href: string;
  /** Those that are neither the client's own nor about the body. */
  readonly headers: Readonly<Record<string, string>>;
  /** It has no body, and carries nothing else. */
  readonly bodiless: boolean;
  /** Only who has the same shares the request. */
  readonly batchKey: string;
  /** Of all that. */
  readonly text: string;
}

const ADDRESS_BYTES = 600;
const OWN_HEADERS: ReadonlySet<string> = new Set(['user-agent', 'accept-encoding', 'authorization', 'content-type']);

const MACRO = /\$\{([^}|]+)(?:\|([^}]*))?\}/g;

/** What the macros of a route find in a record: told here anew, by what was written alone. */
export class Requests {
  readonly #written: Written | null;
  readonly #url: URL;
  readonly #chain: Chain;
  readonly #all: Address;
  readonly #ofTopics: ReadonlyMap<string, Address>;
  readonly #known = new WeakMap<LogRecord, Address>();

  /** @param ofTopics where the records of a topic go, where each has an endpoint of its own */
  constructor(written: Written | null, url: URL, chain: Chain, ofTopics: ReadonlyMap<string, URL> = new Map()) {
    this.#written = written;
    this.#url = url;
    this.#chain = chain;
    const to = ({ href }: URL): Address => ({
      method: 'POST',
      href,
      headers: {},
      bodiless: false,
      batchKey: '',
      text: href,
    });
    this.#all = to(url);
    this.#ofTopics = new Map([...ofTopics].map(([topic, one]) => [topic, to(one)]));
  }

  address(one: Carried): Address {
    if (this.#written === null) return this.#ofTopics.get(one.log.topic) ?? this.#all;
    const known = this.#known.get(one.record);
    if (known !== undefined) return known;
    const made = this.#make(this.#written, one);
    this.#known.set(one.record, made);
    return made;
  }

  #make(written: Written, one: Carried): Address {
    const deleted = one.record.value === null && written.deleteUrl !== null;
    const path = deleted ? written.deleteUrl : written.url;
    const filled = path?.replace(MACRO, (_, macro: string, orElse?: string) =>
      inAddress(this.#textOf(macro, one) ?? orElse ?? 'MISSING'),
    );
    const method = deleted ? 'DELETE' : written.method;
    const href = filled === undefined ? this.#url.href : this.#url.origin + filled;
    const headers = this.#headersOf(written, one);
    const batchKey = deleted ? '' : this.#batchKeyOf(written, one);
    const text = `${method} ${href} ${JSON.stringify(headers)} ${batchKey}`;
    return { method, href, headers, bodiless: deleted || written.bodiless, batchKey, text };
  }

  #batchKeyOf({ batchKey }: Written, one: Carried): string {
    const macros = batchKey?.matchAll(MACRO) ?? [];
    return JSON.stringify(Array.from(macros, ([, macro]) => this.#textOf(macro!, one)));
  }

  /** What records' addresses add to a block at least: each has an object. */
  bytesFor(block: ReadonlyMap<number, readonly number[]>, logs: readonly PartitionLog[]): number {
    const written = this.#written;
    if (written === null) return 0;
    const addresses = new Set<string>();
    for (const [p, ordinals] of block) {
      const log = logs[p]!;
      for (const ordinal of ordinals) {
        const record = log.records[ordinal]!;
        if (!isAddressed(record.kind, written.deleteUrl !== null || written.sendsNulls)) continue;
        addresses.add(this.address({ log, ordinal, record }).text);
      }
    }
    return addresses.size * ADDRESS_BYTES;
  }

  /** What stands for a record in a body. */
  value(one: Carried): string {
    const body = this.#written?.body ?? null;
    return body === null ? this.#chain.sent(one.record) : body.made(macro => this.#find(macro, one));
  }

  /** Values are on one line each, or on as many as the template has. */
  get fitsLines(): boolean {
    return this.#written?.body?.kind === 'json';
  }

  #headersOf({ headers, fixed, forward }: Written, one: Carried): Record<string, string> {
    const found: Record<string, string> = { ...fixed };
    for (const [name, value] of one.record.told!.headers) {
      const lower = name.toLowerCase();
      const taken = lower in fixed || lower in headers;
      if (!taken && forward.some(pattern => fits(lower, pattern))) found[lower] = inHeader(value);
    }
    for (const [name, template] of Object.entries(headers)) {
      let missing = false;
      const value = template.replace(MACRO, (_, macro: string) => {
        const text = this.#textOf(macro, one);
        missing ||= text === null;
        return inHeader(text ?? '');
      });
      if (!missing) found[name] = value;
    }
    return found;
  }

  #textOf(macro: string, one: Carried): string | null {
    const found = this.#find(macro, one);
    return found === undefined ? null : typeof found === 'string' ? found : String(found);
  }

  #find(macro: string, { log, record }: Carried): string | number | undefined {
    const { topic, partition } = log;
    const { offset, timestamp, value } = record;
    const { key, headers } = record.told!;
    const [kind, argument] = macro.split(/:\/?/) as [string, string | undefined];
    switch (kind) {
      case 'key':
        return argument === undefined ? key : membersOf(key)[argument];
      case 'header':
        return headers.findLast(([name]) => name.toLowerCase() === argument!.toLowerCase())?.[1];
      case 'value':
        if (value === null) return undefined;
        return argument === undefined ? this.#chain.sent(record) : membersOf(this.#chain.sent(record))[argument];
      case 'record.id':
        return `${topic}-${partition}-${offset}`;
      default:
        return { topic, partition, offset, timestamp }[kind];
    }
  }
}

export interface ContentRules {
  readonly bodyOf: (carried: readonly Carried[]) => string;
  readonly requests: Requests;
}

/** I8 and I26: a request is what its records make of it. */
export function checkContent(request: DataRequest, { bodyOf, requests }: ContentRules): void {
  const { carried, body } = request;
  if (carried.length === 0) throw new Violation('I8', `a request without any record of ours: ${body.slice(0, 80)}`);
  checkAddress(request, requests);
  const expected = bodyOf(carried);
  if (body === expected) return;
  throw new Violation('I8', `the body is ${body.slice(0, 200)} in place of ${expected.slice(0, 200)}`);
}

/** I26: a request goes where each of its records says, with the headers that each of them makes. */
function checkAddress({ carried, sent }: DataRequest, requests: Requests): void {
  let before: Address | null = null;
  for (const one of carried) {
    const address = requests.address(one);
    if (address.text === before?.text && !address.bodiless) continue;
    const parted = before !== null && before.batchKey !== address.batchKey;
    before = address;
    const { log, record } = one;
    const wrong =
      differs(sent, address) ??
      (address.bodiless && carried.length > 1 ? 'carries others beside it' : null) ??
      (parted ? 'carries others, which have another batch.key' : null);
    if (wrong === null) continue;
    throw new Violation('I26', `${log.topic}-${log.partition}, offset ${record.offset}: its request ${wrong}`);
  }
}

function differs({ method, url, headers }: DataRequest['sent'], address: Address): string | null {
  if (method !== address.method) return `is a ${method}, not a ${address.method}`;
  if (url.href !== address.href) return `goes to ${url.href}, not to ${address.href}`;
  for (const [name, value] of Object.entries(address.headers)) {
    if (headers[name] !== value) return `has ${name}: ${headers[name]}, not ${value}`;
  }
  for (const name of Object.keys(headers)) {
    if (!OWN_HEADERS.has(name) && !(name in address.headers))
      return `has ${name}: ${headers[name]}, which nobody wants`;
  }
  return 'content-type' in headers === address.bodiless ? 'says of its body what is not so' : null;
}

function membersOf(json: string): Record<string, string | number | undefined> {
  return JSON.parse(json) as Record<string, string | number | undefined>;
}

function fits(name: string, pattern: HeaderPattern): boolean {
  return 'name' in pattern ? name === pattern.name : name.startsWith(pattern.prefix);
}

function inAddress(text: string): string {
  return encodeURIComponent(text).replaceAll('!', '%21');
}

function inHeader(text: string): string {
  return text.replaceAll('é', '%C3%A9');
}
