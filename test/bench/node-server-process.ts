/**
 * The endpoint where there is no nginx: reads whole request bodies, answers 200, those under /slow after 5 ms, and writes
 * the lines that nginx would write. It knows of HTTP/1.1 what a client with `content-length` needs, so that it costs the
 * machine as little as it can. Argument: the log file.
 */
import { appendFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';

const BODY_BEGINS = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';
const SLOW_MS = 5;
const FLUSH_MS = 100;
const logFile = process.argv[2]!;
let lines = '';

function answer(socket: Socket, path: string, length: number): void {
  socket.write(ANSWER);
  lines += `${((performance.timeOrigin + performance.now()) / 1000).toFixed(3)} ${length} 200 ${path}\n`;
}

function serve(socket: Socket): void {
  let head: Buffer = NOTHING;
  let path = '';
  let length = 0;
  let left = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const rest = chunk.subarray(at);
        const seen = head.length === 0 ? rest : Buffer.concat([head, rest]);
        const end = seen.indexOf(BODY_BEGINS);
        if (end < 0) {
          head = seen;
          return;
        }
        const text = seen.toString('latin1', 0, end);
        path = text.split(' ', 2)[1]!;
        length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1]);
        if (!(length > 0)) throw new Error('a request without a content-length');
        at += end + BODY_BEGINS.length - head.length;
        head = NOTHING;
        left = length;
      }
      const taken = Math.min(left, chunk.length - at);
      at += taken;
      left -= taken;
      if (left > 0) return;
      if (path.startsWith('/slow')) setTimeout(answer, SLOW_MS, socket, path, length);
      else answer(socket, path, length);
    }
  });
}

setInterval(() => {
  if (lines === '') return;
  appendFileSync(logFile, lines);
  lines = '';
}, FLUSH_MS);
const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
