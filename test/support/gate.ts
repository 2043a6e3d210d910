import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A port that refuses connections until it is opened, and then leads to another one: a broker that comes up late. */
export interface Gate {
  readonly address: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

export async function createGate(target: string): Promise<Gate> {
  const [host, port] = [target.slice(0, target.lastIndexOf(':')), Number(target.slice(target.lastIndexOf(':') + 1))];
  const sockets = new Set<Socket>();
  const server = createServer(inner => {
    const outer = connect(port, host);
    for (const [from, to] of [[inner, outer] as const, [outer, inner] as const]) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  const listen = async (at: number): Promise<number> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>(resolve => server.close(() => resolve()));
  };
  const reserved = await listen(0);
  await close();
  return {
    address: `127.0.0.1:${reserved}`,
    async open() {
      await listen(reserved);
    },
    close,
  };
}
