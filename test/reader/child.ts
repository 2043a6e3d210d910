import { spawn } from 'node:child_process';
import { once } from 'node:events';

const PRELUDE = `
  import { nativeAddon } from ${JSON.stringify(new URL('../../worker/kafka/reader/addon.js', import.meta.url).href)};
  import kafka from ${JSON.stringify(new URL('../../worker/kafka/library.js', import.meta.url).href)};
  const { BlockReader, free } = nativeAddon().addon;
  const options = { maxRecords: 100, maxBytes: 1e6, separator: Buffer.from(','), keys: true, headers: true, json: true };
  const client = new kafka.KafkaConsumer({ 'bootstrap.servers': process.env.BOOTSTRAP, 'group.id': 'g' }, {});
  const connected = () => new Promise((resolve, reject) => client.connect({}, error => (error ? reject(error) : resolve())));
  const disconnected = () => new Promise(resolve => client.disconnect(resolve));
  const assign = topic => client.assign([0, 1, 2, 3].map(partition => ({ topic, partition, offset: 0 })));
  const read = reader => new Promise((resolve, reject) =>
    reader.read(options, (error, result) => (error === null ? resolve(result) : reject(error))));
`;

/**
 * Runs statements in a process of their own, since what goes wrong in a native module ends the process. They find a
 * client that is not connected, and the native half without its adapter.
 * @param env beside this process's own
 * @returns exit code, signal and output.
 */
export async function runChild(
  bootstrap: string,
  code: string,
  env: NodeJS.ProcessEnv = {},
): Promise<readonly [number | null, string | null, string]> {
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', PRELUDE + code], {
    env: { ...process.env, BOOTSTRAP: bootstrap, ...env },
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)));
  const [exit, signal] = await once(child, 'close');
  return [exit as number | null, signal as string | null, output];
}
