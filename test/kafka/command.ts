import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READER } from '../support/reader.ts';
import { ROOT } from './jars.ts';
import { type Properties, propertiesText } from './program.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `tailrace WORDS WORKER SINK` to its end, as a user does. There is no terminal. */
export async function runCommand(words: readonly string[], worker: Properties, sink: Properties): Promise<Ended> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-command-'));
  try {
    const files = ['worker.properties', 'sink.properties'].map(name => join(directory, name));
    await writeFile(files[0]!, propertiesText({ listeners: '', reader: READER, ...worker }));
    await writeFile(files[1]!, propertiesText(sink));
    const args = [join(ROOT, 'worker/bin/tailrace.cjs'), ...words, ...files];
    return await new Promise((resolve, reject) => {
      const child = execFile(process.execPath, args, { maxBuffer: 1 << 26 }, (error, out, err) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({ code, out, err });
        else reject(new Error(`${code}: ${err}${out}`));
      });
      child.stdin!.end();
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}
