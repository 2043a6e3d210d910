import { X509Certificate } from 'node:crypto';

/**
 * Whether certificates hold for today; completes "the key …", null when they do. One that has ended is refused by the other
 * side at most: that is no reason not to start.
 *
 * @param pem certificates as OpenSSL writes them
 * @param together all of them are needed, as in a chain; else one is enough, as of authorities
 */
export function remarkOnValidity(pem: string, together: boolean, now: number = Date.now()): string | null {
  const certificates = pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter(Boolean)
    .map(text => new X509Certificate(text));
  const invalid = certificates.filter(each => !(Date.parse(each.validFrom) <= now && now <= Date.parse(each.validTo)));
  const [first] = invalid;
  if (first === undefined || (!together && invalid.length < certificates.length)) return null;
  const day = (date: string) => new Date(date).toISOString().slice(0, 10);
  return Date.parse(first.validTo) < now
    ? `holds a certificate that ended on ${day(first.validTo)}`
    : `holds a certificate that is valid from ${day(first.validFrom)} on only`;
}
