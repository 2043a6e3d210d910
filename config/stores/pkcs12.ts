import forge from 'node-forge';
import { type KeyEntry, KeyStoreError, type StoreContent } from './jks.ts';

/**
 * Reads a PKCS #12 store as Java and OpenSSL write them.
 * @throws KeyStoreError
 */
export function readPkcs12(bytes: Buffer, password: string): StoreContent {
  const store = open(bytes, password);
  const { oids } = forge.pki;
  const bags = (type: string | undefined) => (type === undefined ? [] : (store.getBags({ bagType: type })[type] ?? []));
  const certificates = bags(oids['certBag']).flatMap(bag => {
    const asn1 = bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1;
    return asn1 ? [{ der: der(asn1), keyId: keyId(bag) }] : [];
  });
  const keyBags = [...bags(oids['pkcs8ShroudedKeyBag']), ...bags(oids['keyBag'])];
  const keys = keyBags.map(
    (bag): KeyEntry => ({
      key: der(bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1),
      // Which of them are the key's own is told by the certificates themselves.
      chain: certificates.map(certificate => certificate.der),
    }),
  );
  const trusted = certificates.filter(certificate => certificate.keyId === null).map(certificate => certificate.der);
  return { keys, trusted };
}

function open(bytes: Buffer, password: string): forge.pkcs12.Pkcs12Pfx {
  let asn1: forge.asn1.Asn1;
  try {
    asn1 = forge.asn1.fromDer(bytes.toString('binary'));
  } catch {
    throw new KeyStoreError('is neither a JKS nor a PKCS12 store');
  }
  try {
    return forge.pkcs12.pkcs12FromAsn1(asn1, password);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new KeyStoreError(
      /password|MAC/i.test(text) ? 'has another password, or is damaged' : `can't be read: ${text}`,
    );
  }
}

function keyId(bag: forge.pkcs12.Bag): string | null {
  const [id] = (bag.attributes as Readonly<Record<string, readonly unknown[] | undefined>>)['localKeyId'] ?? [];
  return typeof id === 'string' ? id : null;
}

function der(asn1: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
}
