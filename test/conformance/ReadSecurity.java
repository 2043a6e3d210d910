import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/** One question a line, as JSON; what Kafka's own classes make of it a line out. Null where they refuse it. */
public class ReadSecurity {
  static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode question = JSON.readTree(line);
      Object answer = question.has("jaas") ? jaas(question.get("jaas").asText()) : pem(question);
      System.out.println(new String(JSON.writeValueAsBytes(answer), StandardCharsets.UTF_8));
    }
  }

  static Object jaas(String text) {
    try {
      var context = JaasContext.loadClientContext(Map.of("sasl.jaas.config", new Password(text)));
      var entry = context.configurationEntries().get(0);
      Map<String, Object> options = new TreeMap<>();
      entry.getOptions().forEach((name, value) -> options.put(name == null ? "" : name, value));
      return List.of(entry.getLoginModuleName(), options);
    } catch (IllegalArgumentException refused) {
      return null;
    }
  }

  /** The digests of the trusted certificates, of the chain and of the key. */
  static Object pem(JsonNode question) throws Exception {
    Map<String, Object> configs = new HashMap<>();
    question.fields().forEachRemaining(field -> {
      boolean isText = field.getKey().endsWith(".type");
      String value = field.getValue().asText();
      configs.put(field.getKey(), isText ? value : new Password(value));
    });
    configs.put("ssl.protocol", "TLSv1.3");
    configs.put("ssl.enabled.protocols", List.of("TLSv1.3"));
    configs.put("ssl.cipher.suites", List.of());
    try (var factory = new DefaultSslEngineFactory()) {
      factory.configure(configs);
      List<String> found = new ArrayList<>();
      KeyStore trusted = factory.truststore();
      if (trusted != null) {
        for (int at = 0; trusted.containsAlias("kafka" + at); at++) {
          found.add(digest(trusted.getCertificate("kafka" + at).getEncoded()));
        }
      }
      KeyStore own = factory.keystore();
      if (own != null) {
        for (var certificate : own.getCertificateChain("kafka")) found.add(digest(certificate.getEncoded()));
        Password password = (Password) configs.get("ssl.key.password");
        char[] chars = password == null ? new char[0] : password.value().toCharArray();
        found.add(digest(own.getKey("kafka", chars).getEncoded()));
      }
      return found;
    } catch (KafkaException refused) {
      return null;
    }
  }

  static String digest(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
