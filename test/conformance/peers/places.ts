/** What an address in a peer's file stands for. */
interface Place {
  readonly origin: string;
  readonly is: 'endpoint' | 'tokens';
}

/** Every address that a file may name, whole; each case has servers of its own behind those that it names. */
export const PLACES: readonly Place[] = [
  { origin: 'http://endpoint.example:8080', is: 'endpoint' },
  { origin: 'https://endpoint.example:8443', is: 'endpoint' },
  { origin: 'https://dcs.adobedc.net', is: 'endpoint' },
  { origin: 'https://ims-na1.adobelogin.com', is: 'tokens' },
  { origin: 'http://auth.example:9000', is: 'tokens' },
  { origin: 'https://auth.example:9443', is: 'tokens' },
];

/** Kafka, and where its Connect has key stores; for explanations the files in `files/peers/secrets/` are there. */
export const BROKER = 'broker.example.org:9092';
export const SECRETS = '/etc/kafka/secrets';

/** The proxy's name and port, together or each in a key of its own. No other number of a file may be its port. */
export const PROXY = { host: 'proxy.example', port: '3128' } as const;

export function authorityOf(origin: string): string {
  return origin.slice(origin.indexOf('://') + 3);
}

/** `host:port`, also where the scheme says the port. */
export function socketOf(origin: string): string {
  const { protocol, hostname, port } = new URL(origin);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

/** A text of a file, and the real one that stands for it in one run. */
export type Pair = readonly [written: string, real: string];

/** The file's text with real addresses. */
export function toReal(text: string, pairs: readonly Pair[]): string {
  return longestFirst(pairs).reduce((all, [written, real]) => all.replace(asWord(written), () => real), text);
}

/** What came of it, in the file's own words. */
export function toWritten(text: string, pairs: readonly Pair[]): string {
  return pairs.reduce((all, [written, real]) => all.replaceAll(real, written), text);
}

function longestFirst(pairs: readonly Pair[]): Pair[] {
  return [...pairs].sort(([one], [other]) => other.length - one.length);
}

function asWord(text: string): RegExp {
  return new RegExp(`(?<![\\w.-])${text.replaceAll('.', '\\.')}(?![\\w.-]*\\w)`, 'g');
}
