/** bcrypt as `htpasswd -B` and others write it: version, cost, salt and hash. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** A check at this cost takes some seconds of a core. */
const MOST_COST = 14;

export interface PasswordFile {
  /** bcrypt hashes by user. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Lines that count for nothing, and why; nothing of what stands in them. */
  readonly faults: readonly string[];
}

/** Reads `name:hash` lines; blank ones and such that begin with `#` are left out. */
export function parsePasswords(text: string): PasswordFile {
  const hashes = new Map<string, string>();
  const faults: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    const hash = line.slice(colon + 1).trim();
    const cost = Number(BCRYPT.exec(hash)?.[1] ?? Number.NaN);
    const fault = faultOf(name, cost, hashes);
    if (fault === null) hashes.set(name, hash);
    else faults.push(`line ${index + 1} ${fault}`);
  }
  return { hashes, faults };
}

function faultOf(name: string, cost: number, known: ReadonlyMap<string, string>): string | null {
  if (name === '') return 'names no user';
  if (Number.isNaN(cost)) return 'has no bcrypt hash: "htpasswd -B" writes one';
  if (cost < 4 || cost > MOST_COST) return `has a cost that is not from 4 to ${MOST_COST}`;
  return known.has(name) ? 'names a user that stands above already' : null;
}
