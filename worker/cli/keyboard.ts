import { createInterface, emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream } from 'node:tty';
import type { Keyboard } from './host.ts';

const INTERRUPT = '\u0003';
const END_OF_INPUT = '\u0004';
const ERASE = new Set(['\b', '\u007f']);
const ERASE_LINE = '\u0015';

/**
 * @param input the standard input
 * @param interrupt what Ctrl-C does where the terminal itself does not see it
 */
export function createKeyboard(input: NodeJS.ReadStream, interrupt: () => void): Keyboard {
  const terminal = input.isTTY === true;
  return {
    terminal,
    line: ({ hidden = false } = {}) => (hidden && terminal ? hiddenLine(input, interrupt) : shownLine(input)),
    keys: listener => listenToKeys(input, listener),
  };
}

function shownLine(input: NodeJS.ReadStream): Promise<string | null> {
  return new Promise(resolve => {
    const lines = createInterface({ input, terminal: false });
    let answer: string | null = null;
    lines.once('line', line => {
      answer = line;
      lines.close();
    });
    lines.once('close', () => {
      input.pause();
      resolve(answer);
    });
  });
}

function hiddenLine(input: ReadStream, interrupt: () => void): Promise<string | null> {
  return new Promise(resolve => {
    let typed: string[] = [];
    const end = (answer: string | null) => {
      input.off('data', read).off('end', atEnd).setRawMode(false).pause();
      resolve(answer);
    };
    const atEnd = () => end(null);
    const read = (data: string) => {
      for (const sign of data) {
        if (sign === '\r' || sign === '\n') return end(typed.join(''));
        if (sign === INTERRUPT) {
          end(null);
          return interrupt();
        }
        if (sign === END_OF_INPUT && typed.length === 0) return end(null);
        if (ERASE.has(sign)) typed.pop();
        else if (sign === ERASE_LINE) typed = [];
        else if (sign >= ' ') typed.push(sign);
      }
    };
    input.setEncoding('utf8').on('data', read).on('end', atEnd).setRawMode(true).resume();
  });
}

function listenToKeys(input: NodeJS.ReadStream, listener: (key: string) => void): () => void {
  emitKeypressEvents(input);
  const onKey = (text: string | undefined, { name, ctrl, meta }: Key) => {
    if (ctrl && name !== undefined) listener(`ctrl-${name}`);
    else if (text !== undefined && text >= ' ' && text !== '\u007f' && !meta && [...text].length === 1) listener(text);
    else if (name !== undefined) listener(name);
  };
  // A terminal that went away is an end, too, and no defect.
  const atEnd = () => listener('end-of-input');
  input.on('keypress', onKey).on('end', atEnd).on('error', atEnd);
  if (input.isTTY) input.setRawMode(true);
  input.resume();
  return () => {
    input.off('keypress', onKey).off('end', atEnd).off('error', atEnd);
    if (input.isTTY) input.setRawMode(false);
    input.pause();
  };
}
