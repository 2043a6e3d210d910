import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.StringTokenizer;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces records whose headers are any bytes, or null, which node-rdkafka can not write. Arguments: bootstrap servers, topic
 * and a file of words: for each record partition, timestamp, key, value and the number of its headers, then so many pairs of
 * header name and value. Keys, names and values are in base64 behind a colon, "null" stands for none. Prints the offsets, one a
 * line.
 */
public class ProduceRecords {
  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", args[0]);
    properties.put("acks", "all");
    properties.put("max.request.size", "8000000");
    ByteArraySerializer bytes = new ByteArraySerializer();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, bytes, bytes)) {
      StringTokenizer words = new StringTokenizer(Files.readString(Path.of(args[2])));
      while (words.hasMoreTokens()) {
        Integer partition = Integer.valueOf(words.nextToken());
        Long timestamp = Long.valueOf(words.nextToken());
        byte[] key = decode(words.nextToken()), value = decode(words.nextToken());
        var record = new ProducerRecord<>(args[1], partition, timestamp, key, value);
        for (int left = Integer.parseInt(words.nextToken()); left > 0; left--) {
          String name = new String(decode(words.nextToken()), StandardCharsets.UTF_8);
          record.headers().add(name, decode(words.nextToken()));
        }
        sent.add(producer.send(record));
      }
      for (Future<RecordMetadata> one : sent) System.out.println(one.get().offset());
    }
  }

  private static byte[] decode(String text) {
    return text.equals("null") ? null : Base64.getDecoder().decode(text.substring(1));
  }
}
