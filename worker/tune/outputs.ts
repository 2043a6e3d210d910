import { accessSync, closeSync, constants, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Figures, figuresLine, RECORDING_HEAD } from './recording.ts';

/** A file that can't be written; the message is one line for the user. */
export class OutputError extends Error {}

/** Looks whether a file can be written later, and writes nothing. @throws OutputError */
export function checkWritable(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) accessSync(dirname(path), constants.W_OK);
    else if (statSync(path).isDirectory()) throw new OutputError(`${path} is a directory`);
    else accessSync(path, constants.W_OK);
  } catch (error) {
    throw error instanceof OutputError
      ? error
      : new OutputError(`${path} can't be written: ${(error as Error).message}`);
  }
}

/** @throws OutputError */
export function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new OutputError(`${path} can't be written: ${(error as Error).message}`);
  }
}

export interface Recorder {
  readonly record: (figures: Figures) => void;
  /** @throws OutputError when something could not be written since the start */
  close(): void;
}

const PIECE = 65_536;

/** Writes a recording as it goes. @throws OutputError */
export function createRecorder(path: string): Recorder {
  let text = RECORDING_HEAD;
  let failure: Error | null = null;
  const attempt = (write: () => void): void => {
    try {
      if (failure === null) write();
    } catch (error) {
      failure = new OutputError(`${path} can't be written: ${(error as Error).message}`);
    }
  };
  let file = -1;
  attempt(() => {
    file = openSync(path, 'w');
  });
  if (failure !== null) throw failure;
  const flush = (): void => {
    attempt(() => void writeSync(file, text));
    text = '';
  };
  return {
    record(figures) {
      text += figuresLine(figures);
      if (text.length > PIECE) flush();
    },
    close() {
      flush();
      closeSync(file);
      if (failure !== null) throw failure;
    },
  };
}
