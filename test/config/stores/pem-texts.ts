/** Ways to write the same PEM text. Kafka's PemStore takes those that say so, and all are taken here. */
export const PEM_FORMS: readonly (readonly [name: string, write: (pem: string) => string, byKafka: boolean])[] = [
  ['as OpenSSL writes it', pem => pem, true],
  ['without its last line end', pem => pem.trimEnd(), true],
  ['with line ends of Windows', pem => pem.replaceAll('\n', '\r\n'), true],
  ['with blank lines', pem => pem.replaceAll('\n', '\n\n'), true],
  ['with indented lines', pem => pem.replaceAll('\n', '\n\t  '), true],
  ['with blanks in place of line ends', pem => pem.replaceAll('\n', ' '), true],
  ['with tabs in place of line ends', pem => pem.replaceAll('\n', '\t'), true],
  ['continued over lines', pem => pem.replaceAll('-----\n', '----- ').replaceAll('\n', ''), true],
  ['with nothing in place of line ends', pem => pem.replaceAll('\n', ''), false],
  ['with its base64 in one line', pem => pem.replace(/(?<=[A-Za-z0-9+/])\n(?=[A-Za-z0-9+/])/g, ''), true],
  ['behind attributes', pem => `Bag Attributes\n    friendlyName: x\nKey Attributes: <None>\n${pem}`, true],
  ['with an attribute within', pem => pem.replace('-----\n', '-----\nComment: from x\n'), true],
  ['before other text', pem => `${pem}\nthe end`, true],
  ['with fewer dashes', pem => pem.replaceAll('-----', '--'), true],
  ['with two blanks in its label', pem => pem.replaceAll('PRIVATE KEY', 'PRIVATE  KEY'), true],
  ['without padding', pem => pem.replaceAll('=', ''), true],
];

/** What is no certificate and no key, and the reason. */
export const PEM_JUNK: readonly (readonly [text: string, reason: RegExp])[] = [
  ['', /holds no PEM/],
  ['junk', /holds no PEM/],
  ['-----BEGIN X-----\nAAAA\n-----END X-----\n', /holds no PEM/],
  ['-----BEGIN CERTIFICATE-----\nAAAA\n', /without its other end \(BEGIN CERTIFICATE\)/],
  ['AAAA\n-----END CERTIFICATE-----\n', /without its other end \(END CERTIFICATE\)/],
  ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----\n', /without its other end \(BEGIN CERTIFICATE\)/],
  ['-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n', /no base64 \(CERTIFICATE\)/],
  ['-----BEGIN CERTIFICATE-----\nAAAAA\n-----END CERTIFICATE-----\n', /no base64 \(CERTIFICATE\)/],
  ['-----BEGIN CERTIFICATE-----\nAA?A\n-----END CERTIFICATE-----\n', /no base64 \(CERTIFICATE\)/],
];
