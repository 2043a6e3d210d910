import java.util.Base64;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces one record whose headers are any bytes, or null, which node-rdkafka can not write. Arguments: bootstrap servers,
 * topic, partition, key, value, then pairs of header name and value; key and values in base64, "null" for none.
 */
public class ProduceRecord {
  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", args[0]);
    properties.put("acks", "all");
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, bytes, bytes)) {
      var record = new ProducerRecord<>(args[1], Integer.valueOf(args[2]), decode(args[3]), decode(args[4]));
      for (int i = 5; i + 1 < args.length; i += 2) record.headers().add(args[i], decode(args[i + 1]));
      System.out.println(producer.send(record).get().offset());
    }
  }

  private static byte[] decode(String text) {
    return text.equals("null") ? null : Base64.getDecoder().decode(text);
  }
}
