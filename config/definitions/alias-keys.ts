import type { ConfigKeyInfo } from './config-infos.ts';
import { embedded, type Plugin } from './plugins.ts';

/** What an alias of `transforms` or `predicates` has: its class, that one's version, and its keys. */
export interface AliasKeys {
  readonly type: ConfigKeyInfo;
  readonly version: ConfigKeyInfo;
  readonly own: readonly ConfigKeyInfo[];
}

/**
 * ConnectorConfig.enrich of Kafka Connect.
 * @param plugin undefined while no class is known for the alias
 */
export function aliasKeys(
  list: 'transforms' | 'predicates',
  alias: string,
  plugin: Plugin | undefined,
  version: string | null,
): AliasKeys {
  const [kind, group] =
    list === 'transforms' ? ['Transformation', `Transforms: ${alias}`] : ['Predicate', `Predicates: ${alias}`];
  const prefix = `${list}.${alias}.`;
  const keys = plugin === undefined ? [] : embedded(plugin);
  return {
    type: {
      name: `${prefix}type`,
      type: 'CLASS',
      required: true,
      default_value: null,
      importance: 'HIGH',
      documentation: `Class of the ${kind.toLowerCase()} ${alias}.`,
      group,
      width: 'LONG',
      display_name: `${kind} type for ${alias}`,
      dependents: [],
      order: 0,
    },
    version: {
      name: `${prefix}plugin.version`,
      type: 'STRING',
      required: false,
      default_value: version,
      importance: 'HIGH',
      documentation: 'Accepted as it is: there is one version of each plugin.',
      group,
      width: 'LONG',
      display_name: `${kind} version for ${alias}`,
      dependents: [],
      order: 1,
    },
    own: keys.map((key, index) => ({ ...key, name: prefix + key.name, group, order: index + 2 })),
  };
}
