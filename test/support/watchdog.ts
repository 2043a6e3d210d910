import { spawn } from 'node:child_process';

const SCRIPT = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; [ -z "$2" ] || rm -rf "$2"';

/**
 * Makes a child process die with this one, however this one ends: its pipe closes then, which ends the watch.
 * `directory`, if any, is removed too.
 * @returns a function that ends the watch without doing either.
 */
export function dieWithUs(pid: number, directory = ''): () => void {
  const watch = spawn('sh', ['-c', SCRIPT, 'watchdog', String(pid), directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.unref();
  watch.stdin.on('error', () => {});
  (watch.stdin as unknown as { unref?: () => void }).unref?.();
  return () => process.kill(-watch.pid!, 'SIGKILL');
}
