import type { Findings } from './findings.ts';
import { trim } from './schema/formats.ts';
import type { ConnectorSection, WorkerSection } from './schema/section.ts';
import type { Written } from './schema/written-keys.ts';
import { isCredential } from './secrecy.ts';
import type { Files } from './source/files.ts';
import type { SourceText } from './source/source-text.ts';

/** With a private key, a token or keys of AWS in it. */
const PRIVATE_FILE =
  /^(?:oauth2\.assertion\.key\.location|oauth2\.refresh\.token\.file|http\.auth\.bearer\.token\.file|http\.auth\.sigv4\.credentials\.file|(?:http|http\.proxy|oauth2)\.ssl\.(?:key|keystore)\.location|(?:(?:admin\.)?listeners\.https\.)?ssl\.keystore\.location|(?:(?:consumer|producer|admin)\.(?:override\.)?|reporter\.(?:producer|admin)\.)(?:ssl\.key\.location|ssl\.keystore\.location|sasl\.kerberos\.keytab))$/;

/**
 * Says which secrets every user of the machine may read: those written into a file that is open to all, at its first one, and files
 * with private keys. A remark only: where a file is mounted into a container alone, it does no harm.
 */
export function noteOpenFiles(
  sections: readonly (WorkerSection | ConnectorSection)[],
  sources: readonly (SourceText | null)[],
  files: Files,
  findings: Findings,
): void {
  const open = new Set(sources.flatMap(source => (source?.openToAll === true ? [source.name] : [])));
  for (const { file, written } of sections) {
    const secret = open.has(file) ? written.find(([key, one]) => isWrittenSecret(file, key, one)) : undefined;
    if (secret !== undefined) {
      const text = 'is a secret in a file that every user of this machine may read';
      findings.note('remark', secret[1].origin, text);
    }
    for (const [key, { text, origin }] of written) {
      if (!PRIVATE_FILE.test(key) || !files.isOpenToAll(trim(text))) continue;
      findings.note('remark', origin, `names a file with ${secretIn(key)}, which every user of this machine may read`);
    }
  }
}

function secretIn(key: string): string {
  return /token\.file$|credentials\.file$/.test(key) ? 'a secret' : 'a private key';
}

function isWrittenSecret(file: string, key: string, { text, origin, placeholder }: Written): boolean {
  return origin.file === file && placeholder === null && trim(text) !== '' && isCredential(key);
}
