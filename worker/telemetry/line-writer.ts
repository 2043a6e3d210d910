import type { Clock } from '../../connector/ports.ts';

export interface LineWriter {
  write(text: string): void;
  /** The same of bytes that are nobody's to read as text; they may not change until they are out. */
  writeBytes(bytes: Buffer): void;
  /** Waits until everything is out, at most `ms`. */
  flush(ms: number): Promise<void>;
  /** Lines that nobody received, since the reader is gone or too slow. */
  readonly dropped: number;
}

/** As Node's `fs.write`: may write a part, tells how much. */
export type Write = (
  fd: number,
  data: Buffer,
  done: (error: NodeJS.ErrnoException | null, written: number) => void,
) => void;

/** Lines waiting for a slow reader take at most this much memory. */
const MAX_PENDING_BYTES = 1024 * 1024;
const BUSY_RETRY_MS = 20;
const UNHEARD = new Set(['EPIPE', 'EBADF', 'ENXIO', 'ECONNRESET']);

/**
 * Writes to a file descriptor without ever blocking, throwing or crashing the process. A pipe whose reader stands still
 * would block `process.stdout` (synchronous for pipes) and with it the event loop, which costs the group membership; a
 * reader that went away would raise EPIPE. Here the line is dropped and counted.
 */
export function createLineWriter(fd: number, clock: Clock, write: Write): LineWriter {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let writing = false;
  let gone = false;
  let dropped = 0;
  let idle: (() => void)[] = [];

  function next(): void {
    if (pending.length === 0 || gone) {
      writing = false;
      for (const resolve of idle) resolve();
      idle = [];
      return;
    }
    writing = true;
    const data = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
    pending = [];
    send(data);
  }

  function send(data: Buffer): void {
    write(fd, data, (error, written) => {
      if (error === null) {
        pendingBytes -= written;
        if (written < data.byteLength) send(data.subarray(written));
        else next();
      } else if (error.code === 'EAGAIN' || error.code === 'EINTR') {
        clock.timer(BUSY_RETRY_MS, () => send(data));
      } else {
        dropped += lines(data) + pending.reduce((sum, buffer) => sum + lines(buffer), 0);
        pending = [];
        pendingBytes = 0;
        // A full disk may have room again; a reader that left doesn't come back.
        gone = UNHEARD.has(error.code ?? '');
        next();
      }
    });
  }

  function add(data: Buffer): void {
    if (gone || pendingBytes + data.byteLength > MAX_PENDING_BYTES) {
      dropped += lines(data);
      return;
    }
    pending.push(data);
    pendingBytes += data.byteLength;
    if (!writing) next();
  }

  return {
    write: text => add(Buffer.from(text)),
    writeBytes: add,
    flush(ms) {
      if (!writing) return Promise.resolve();
      return new Promise(resolve => {
        const cancel = clock.timer(ms, resolve);
        idle.push(() => {
          cancel();
          resolve();
        });
      });
    },
    get dropped() {
      return dropped;
    },
  };
}

function lines(data: Buffer): number {
  let count = 0;
  for (const byte of data) if (byte === 0x0a) count += 1;
  return Math.max(count, 1);
}
