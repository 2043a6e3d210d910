import { oneOf, password, text } from './formats.ts';
import { keyGroup, type Values } from './key-spec.ts';

/** What the keys of one TLS connection are called behind their prefix, and what they are for; `ssl.*` as Kafka's clients have it. */
function specs(prefix: string, title: string, whose: string) {
  const group = keyGroup(title);
  return {
    caLocation: group.optional(
      `${prefix}ca.location`,
      text,
      `PEM file of the authorities to trust, and of no others; the system's by default (see Authorities that are trusted). ` +
        `Either this, \`${prefix}truststore.location\` or \`${prefix}truststore.certificates\`.`,
    ),
    truststoreLocation: group.optional(
      `${prefix}truststore.location`,
      text,
      'Store of the authorities to trust, and of no others: JKS or PKCS12, or a PEM file.',
    ),
    truststorePassword: group.optional(
      `${prefix}truststore.password`,
      password,
      'Password of the trust store. A JKS store opens without one, unchecked.',
    ),
    truststoreType: group.optional(`${prefix}truststore.type`, storeType, STORE_TYPE),
    truststoreCertificates: group.optional(
      `${prefix}truststore.certificates`,
      password,
      'The authorities to trust, and no others, as PEM in the value itself.',
    ),
    certificateLocation: group.optional(
      `${prefix}certificate.location`,
      text,
      `PEM file of the client certificate (mutual TLS) for ${whose}.`,
    ),
    keyLocation: group.optional(`${prefix}key.location`, text, "PEM file of the client certificate's private key."),
    keyPassword: group.optional(
      `${prefix}key.password`,
      password,
      'Password of the private key, in PEM or in a JKS store; there it is by default that of the store.',
    ),
    keystoreLocation: group.optional(
      `${prefix}keystore.location`,
      text,
      'Store of the client certificate and its private key, of which it holds one: JKS or PKCS12, or a PEM file of both. In the ' +
        `place of \`${prefix}certificate.location\` and \`${prefix}key.location\`.`,
    ),
    keystorePassword: group.optional(`${prefix}keystore.password`, password, 'Password of the key store.'),
    keystoreType: group.optional(`${prefix}keystore.type`, storeType, STORE_TYPE),
    keystoreCertificateChain: group.optional(
      `${prefix}keystore.certificate.chain`,
      password,
      'The client certificate, and those of its authorities behind it, as PEM in the value itself.',
    ),
    keystoreKey: group.optional(
      `${prefix}keystore.key`,
      password,
      "The client certificate's private key as PEM in the value itself.",
    ),
    protocolMin: group.withDefault(
      `${prefix}protocol.min`,
      oneOf('TLSv1.2', 'TLSv1.3'),
      'TLSv1.2',
      'The lowest version of TLS that is spoken.',
    ),
    protocolMax: group.withDefault(
      `${prefix}protocol.max`,
      oneOf('TLSv1.2', 'TLSv1.3'),
      'TLSv1.3',
      'The highest version of TLS that is spoken, for servers, or boxes before them, that fail at TLS 1.3.',
    ),
    verificationMode: group.withDefault(
      `${prefix}verification.mode`,
      oneOf('full', 'certificate', 'none'),
      'full',
      `What is asked of the certificate of ${whose}: \`full\`, an authority that is trusted, and the host of the URL as its name; ` +
        '`certificate`, the authority alone; `none`, nothing: then everybody on the way can read and change all that is sent, ' +
        'credentials included. Other than `full` is warned of at each start, and `/health` shows it.',
    ),
  };
}

const storeType = oneOf('JKS', 'PKCS12', 'PEM');
const STORE_TYPE = 'Type of the store. It need not be written: the bytes tell.';

type Specs = ReturnType<typeof specs>;

/** The keys by the names that they have in a table: those below with a name in front. */
type Named<Name extends string> = {
  readonly [Key in keyof Specs & string as `${Name}${Capitalize<Key>}`]: Specs[Key];
};

/** The values of one section of TLS, whatever its prefix is. */
export type TlsValues = Values<Specs>;
export type TlsKeyName = keyof TlsValues;

/**
 * The keys of one section of TLS.
 * @param name in front of the names in the table of keys: `ssl` gives `sslCaLocation` …
 * @param prefix of the keys as users write them: `http.ssl.`
 * @param title of the group in the reference
 */
export function tlsKeys<const Name extends string>(
  name: Name,
  prefix: string,
  title: string,
  whose: string,
): Named<Name> {
  const named = Object.entries(specs(prefix, title, whose)).map(([key, spec]) => [inTable(name, key), spec]);
  return Object.fromEntries(named) as Named<Name>;
}

/** Of a section's values those that `tlsKeys` with this name gave. */
export function tlsValues<const Name extends string>(name: Name, values: Values<Named<Name>>): TlsValues {
  const found = Object.keys(specs('', '', '')).map(key => [
    key,
    (values as Readonly<Record<string, unknown>>)[inTable(name, key)],
  ]);
  return Object.fromEntries(found) as TlsValues;
}

function inTable(name: string, key: string): string {
  return `${name}${key[0]!.toUpperCase()}${key.slice(1)}`;
}

/** `truststoreLocation` → `truststore.location` */
export function tlsKeyOf(name: TlsKeyName): string {
  return name.replace(/[A-Z]/g, letter => `.${letter.toLowerCase()}`);
}

/** Of `http.url`, and of the token endpoint. */
export const httpTlsKeys = tlsKeys('ssl', 'http.ssl.', 'TLS of the endpoint', 'the endpoint');
