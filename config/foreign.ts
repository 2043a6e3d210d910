import { dialectOf } from './dialects/choose.ts';
import { isKeyOfDialect, keysOf, translate } from './dialects/translate.ts';
import type { Findings } from './findings.ts';
import type { Environment } from './schema/schema.ts';
import { type Foreign, type Layers, mergedLayers } from './schema/section.ts';
import { isSecretKey } from './secrecy.ts';

/** What a connector of another vendor's sink means in our keys; null for one of ours. */
export function readForeign(layers: Layers, env: Environment, findings: Findings): Foreign | null {
  const written = mergedLayers(layers);
  const className = written.get('connector.class');
  const dialect = className === undefined ? null : dialectOf(className.text, written);
  if (dialect === null) return null;
  const missing = (key: string) => {
    const name = layers.name === 'environment' ? layers.variableOf(key) : key;
    return { file: layers.name, line: null, key: name };
  };
  return {
    meant: translate(dialect, written, { file: layers.name, missing, isSecret: isSecretKey, env, findings }),
    names: keysOf(dialect),
    owns: key => isKeyOfDialect(dialect, key),
  };
}
