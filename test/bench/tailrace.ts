import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../kafka/jars.ts';
import { type Running, startProgram } from './program.ts';
import { type SinkSettings, sinkProperties, type WorkerSettings, workerProperties } from './settings.ts';

const PROGRAM = join(ROOT, 'worker', 'bin', 'tailrace.cjs');

/** The built worker as a user runs it: `tailrace run worker.properties sink.properties…`. */
export async function startTailrace(
  name: string,
  directory: string,
  worker: WorkerSettings,
  sinks: readonly SinkSettings[],
): Promise<Running> {
  const workerFile = join(directory, `${name}.worker.properties`);
  await writeFile(workerFile, workerProperties(worker));
  const sinkFiles = await Promise.all(
    sinks.map(async sink => {
      const file = join(directory, `${sink.name}.properties`);
      await writeFile(file, sinkProperties(sink));
      return file;
    }),
  );
  return startProgram(process.execPath, [PROGRAM, 'run', workerFile, ...sinkFiles], { name, directory });
}
