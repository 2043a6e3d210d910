import { CLIENT_KEYS } from '../kafka/keys.ts';
import { type ConfigKeyInfo, configType } from './config-infos.ts';

const OVERRIDE = /^(consumer|producer|admin)\.override\.(.+)$/;

/** A key of a Kafka client that a connector sets (`consumer.override.…`); null for any other, and for one that no client has. */
export function clientKeyInfo(name: string): ConfigKeyInfo | null {
  const [, role, clientKey] = OVERRIDE.exec(name) ?? [];
  const known = CLIENT_KEYS.find(({ key, roles }) => key === clientKey && roles.some(each => each === role));
  if (clientKey === undefined || known === undefined) return null;
  return {
    name,
    type: configType(known.format.type),
    required: false,
    default_value: null,
    importance: 'MEDIUM',
    documentation: `Key of the ${role}, as Kafka's documentation of its clients has it.`,
    group: null,
    width: 'NONE',
    display_name: clientKey,
    dependents: [],
    order: -1,
  };
}
