/**
 * What goes wrong with one record's data, named as Kafka Connect names it: dead letters and logs carry the Java class
 * name, so that filters written for the JVM keep working. Messages are Connect's own where a user may look for them.
 */
export class ConnectError extends Error {
  override readonly name: string = 'ConnectError';
  /** e.g. org.apache.kafka.connect.errors.DataException. */
  readonly javaClassName: string;

  constructor(message: string, cause?: unknown, javaClassName = 'org.apache.kafka.connect.errors.ConnectException') {
    super(message, cause === undefined ? undefined : { cause });
    this.javaClassName = javaClassName;
  }
}

/** Connect's DataException: the data do not fit their schema, or what a converter or transform expects. */
export class DataException extends ConnectError {
  override readonly name: string = 'DataException';

  constructor(message: string, cause?: unknown, javaClassName = 'org.apache.kafka.connect.errors.DataException') {
    super(message, cause, javaClassName);
  }
}

/** Connect's SchemaBuilderException: a schema that can't be. */
export class SchemaBuilderException extends DataException {
  override readonly name = 'SchemaBuilderException';

  constructor(message: string, cause?: unknown) {
    super(message, cause, 'org.apache.kafka.connect.errors.SchemaBuilderException');
  }
}

/** Kafka's SerializationException: bytes that are not what the deserializer reads. */
export class SerializationException extends ConnectError {
  override readonly name = 'SerializationException';

  constructor(message: string, cause?: unknown) {
    super(message, cause, 'org.apache.kafka.common.errors.SerializationException');
  }
}
