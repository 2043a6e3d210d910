import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import type { Finding, Outcome } from '../../worker/check/finding.ts';
import { commandLine } from './command.ts';
import type { Properties } from './program.ts';

export interface Checked {
  readonly code: number;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** Of one area; of one subject where it is given. */
  of(area: Finding['area'], subject?: string): readonly Finding[];
  /** `area subject`, of all that came out so. */
  all(outcome: Outcome): readonly string[];
}

/** Nothing in it that a check would warn of. */
const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...ENVIRONMENT } = process.env;

/** Runs `tailrace check --json` as a user does. @param args behind it, before the files */
export async function checkOf(worker: Properties, sink: Properties, args: readonly string[] = []): Promise<Checked> {
  const { code, out } = await checkText(worker, sink, ['--json', ...args]);
  const { ok, findings } = JSON.parse(out) as { readonly ok: boolean; readonly findings: readonly Finding[] };
  return {
    code,
    ok,
    findings,
    of: (area, subject) => findings.filter(each => each.area === area && (subject ?? each.subject) === each.subject),
    all: outcome => findings.filter(each => each.outcome === outcome).map(each => `${each.area} ${each.subject}`),
  };
}

/** The same, as it is printed. */
export async function checkText(
  worker: Properties,
  sink: Properties,
  args: readonly string[] = [],
): Promise<{ readonly code: number; readonly out: string }> {
  const { directory, args: words } = await commandLine(['check', ...args], worker, sink);
  try {
    return await new Promise((resolve, reject) =>
      execFile(process.execPath, [...words], { maxBuffer: 1 << 26, env: ENVIRONMENT }, (error, out, err) => {
        const code = error === null ? 0 : error.code;
        if (err === '' && typeof code === 'number') resolve({ code, out });
        else reject(new Error(`${code ?? error?.signal}: ${err}${out}`));
      }),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}
