import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints the records of a topic as Java sees them, each as a line of JSON: partition, offset, timestamp, key, value and headers as
 * pairs of name and value; bytes in base64. Arguments: bootstrap servers, topic.
 */
public class ReadRecords {
  public static void main(String[] args) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", args[0]);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
      List<TopicPartition> partitions = consumer.partitionsFor(args[1]).stream()
          .map(one -> new TopicPartition(one.topic(), one.partition())).collect(Collectors.toList());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        for (var record : consumer.poll(Duration.ofMillis(200))) System.out.println(print(record));
      }
    }
  }

  private static String print(ConsumerRecord<byte[], byte[]> record) {
    String headers = StreamSupport.stream(record.headers().spliterator(), false)
        .map(header -> "[" + encode(header.key().getBytes(java.nio.charset.StandardCharsets.UTF_8)) + "," + encode(header.value()) + "]")
        .collect(Collectors.joining(","));
    return String.format("{\"partition\":%d,\"offset\":%d,\"timestamp\":%d,\"key\":%s,\"value\":%s,\"headers\":[%s]}",
        record.partition(), record.offset(), record.timestamp(), encode(record.key()), encode(record.value()), headers);
  }

  private static String encode(byte[] bytes) {
    return bytes == null ? "null" : "\"" + Base64.getEncoder().encodeToString(bytes) + "\"";
  }
}
