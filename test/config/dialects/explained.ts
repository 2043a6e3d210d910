import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExplainedKey, explainFiles } from '../../../config/explain.ts';
import { type Keys, textsOf, type Written } from '../written.ts';

/** What `explain` says of each key of a connector file, by key. */
export function explainTexts(
  connector: Keys,
  rest: Omit<Written, 'connector'> = {},
): ReadonlyMap<string, ExplainedKey> {
  const directory = mkdtempSync(join(tmpdir(), 'tailrace-explained-'));
  try {
    const texts = textsOf({ connector, ...rest });
    const files = [texts.worker!, ...texts.connectors].map(({ name, text }) => {
      writeFileSync(join(directory, name), text, { mode: 0o600 });
      return join(directory, name);
    });
    const { sources } = explainFiles({ files, env: texts.env, overrides: texts.overrides });
    const { keys } = sources.find(({ source }) => source.endsWith('sink.properties'))!;
    return new Map(keys.map(explained => [explained.key, explained]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
