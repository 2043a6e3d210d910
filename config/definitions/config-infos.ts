/** Kafka's ConfigDef.Type, as its REST API names it. */
export type ConfigType = 'BOOLEAN' | 'CLASS' | 'DOUBLE' | 'INT' | 'LIST' | 'LONG' | 'PASSWORD' | 'SHORT' | 'STRING';

const OF_FORMATS: Readonly<Record<string, ConfigType>> = {
  boolean: 'BOOLEAN',
  int: 'INT',
  long: 'LONG',
  double: 'DOUBLE',
  list: 'LIST',
  password: 'PASSWORD',
};

/** @param type of a format of our keys */
export function configType(type: string): ConfigType {
  return OF_FORMATS[type] ?? 'STRING';
}

/** Definition of one key: Kafka Connect's ConfigKeyInfo, in the order of its members. */
export interface ConfigKeyInfo {
  readonly name: string;
  readonly type: ConfigType;
  readonly required: boolean;
  /** A list with commas between its items. */
  readonly default_value: string | null;
  readonly importance: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly documentation: string;
  /** Null for a key that was given none. */
  readonly group: string | null;
  readonly width: 'NONE' | 'SHORT' | 'MEDIUM' | 'LONG';
  readonly display_name: string;
  /** Keys whose recommended values or visibility hang on this one. */
  readonly dependents: readonly string[];
  /** Within its group; -1 for a key that was given none. */
  readonly order: number;
}

/** ConfigValueInfo. */
export interface ConfigValueInfo {
  readonly name: string;
  /** `[hidden]` for a secret. */
  readonly value: string | null;
  readonly recommended_values: readonly string[];
  readonly errors: readonly string[];
  readonly visible: boolean;
}

/** ConfigInfos: what `validate` answers. */
export interface ConfigInfos {
  /** `connector.class` as sent. */
  readonly name: string;
  readonly error_count: number;
  readonly groups: readonly string[];
  readonly configs: readonly {
    /** Null for a key that nobody knows and that has errors. */
    readonly definition: ConfigKeyInfo | null;
    readonly value: ConfigValueInfo;
  }[];
}
