import type { Loaded } from '../../config/build.ts';
import type { Chain } from './chain.ts';
import { failed, ok, warning } from './finding.ts';

/** What loading says of the files, as `run` would. */
export function tellConfiguration({ config, faults }: Loaded, chain: Chain): void {
  for (const { file, line, key, message } of faults) {
    const subject = line === null ? file : `${file}:${line}`;
    chain.tell('configuration', subject, failed(key === null ? message : `${key} ${message}`, null));
  }
  if (config === null) return;
  for (const text of config.warnings) chain.tell('configuration', ...parted(text, text => warning(text, null)));
  for (const text of config.notices) chain.tell('configuration', ...parted(text, text => ok(text)));
}

/** A notice begins with its file. */
function parted<T>(text: string, found: (text: string) => T): [subject: string, found: T] {
  const at = text.indexOf(': ');
  return [text.slice(0, at), found(text.slice(at + 2))];
}
