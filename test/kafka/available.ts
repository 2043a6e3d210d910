import { fetchJars, type KafkaLine, KafkaUnavailable } from './jars.ts';

/**
 * Says why real Kafka can't be tested here, for a test's `skip`: false when it can.
 * With TAILRACE_REQUIRE_KAFKA=1 what is missing is a failure, never a skip.
 * @throws KafkaUnavailable when it is required and missing.
 */
export async function skipWithoutKafka(...lines: readonly KafkaLine[]): Promise<string | false> {
  try {
    for (const line of lines) await fetchJars(line);
    return false;
  } catch (error) {
    if (!(error instanceof KafkaUnavailable) || process.env['TAILRACE_REQUIRE_KAFKA'] === '1') throw error;
    const reason = `no real Kafka: ${error.message}`;
    process.stderr.write(`${reason}\n`);
    return reason;
  }
}
