import { nativeAddon } from '../../worker/kafka/reader/addon.ts';

/**
 * Why tests of the native reader are skipped; false when it is there.
 * @throws Error where nothing may be left out (TAILRACE_REQUIRE_KAFKA=1)
 */
export function skipWithoutNativeReader(): string | false {
  const native = nativeAddon();
  if ('addon' in native) return false;
  const reason = `no native reader: ${native.fault}`;
  if (process.env['TAILRACE_REQUIRE_KAFKA'] === '1') throw new Error(reason);
  return reason;
}
