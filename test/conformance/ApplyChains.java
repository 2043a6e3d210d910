import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * Reads chains, a JSON object a line: `config` as a connector file has it, and `records`. Converts each record with Kafka
 * Connect's own converters, applies its own transforms, and writes what came out, a JSON array a line: every value with its
 * type, or the class and message of the exception.
 */
public class ApplyChains {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final SimpleHeaderConverter HEADERS = new SimpleHeaderConverter();

  private record Stage(Transformation<SinkRecord> transformation, Predicate<SinkRecord> predicate, boolean negate) {
    SinkRecord apply(SinkRecord record) {
      return predicate == null || predicate.test(record) != negate ? transformation.apply(record) : record;
    }
  }

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode chain = JSON.readTree(line);
      Map<String, String> config = new HashMap<>();
      chain.get("config").fields().forEachRemaining(entry -> config.put(entry.getKey(), entry.getValue().asText()));
      out.println(JSON.writeValueAsString(run(config, chain.get("records"))));
    }
    out.flush();
  }

  private static ArrayNode run(Map<String, String> config, JsonNode records) {
    ArrayNode answers = NODES.arrayNode();
    List<Stage> stages;
    try {
      stages = stages(config);
    } catch (Exception e) {
      answers.add(failure("config", e));
      return answers;
    }
    Converter keys = converter(config, "key.converter", true);
    Converter values = converter(config, "value.converter", false);
    for (JsonNode record : records) {
      String stage = "KEY_CONVERTER";
      try {
        String topic = record.get("topic").asText();
        SchemaAndValue key = keys.toConnectData(topic, bytes(record.get("key")));
        stage = "VALUE_CONVERTER";
        SchemaAndValue value = values.toConnectData(topic, bytes(record.get("value")));
        stage = "HEADER_CONVERTER";
        ConnectHeaders headers = new ConnectHeaders();
        for (JsonNode header : record.get("headers")) {
          String name = header.get(0).asText();
          headers.add(name, HEADERS.toConnectHeader(topic, name, bytes(header.get(1))));
        }
        stage = "TRANSFORMATION";
        Long timestamp = record.get("timestamp").isNull() ? null : record.get("timestamp").asLong();
        SinkRecord current = new SinkRecord(topic, record.get("partition").asInt(), key.schema(), key.value(), value.schema(),
            value.value(), record.get("offset").asLong(), timestamp, TimestampType.CREATE_TIME, headers);
        for (Iterator<Stage> each = stages.iterator(); current != null && each.hasNext();) current = each.next().apply(current);
        answers.add(current == null ? NODES.nullNode() : describe(current));
      } catch (Exception e) {
        answers.add(failure(stage, e));
      }
    }
    return answers;
  }

  private static ObjectNode failure(String stage, Exception e) {
    return NODES.objectNode().put("stage", stage).put("class", e.getClass().getName()).put("message", e.getMessage());
  }

  private static List<Stage> stages(Map<String, String> config) throws Exception {
    List<Stage> stages = new ArrayList<>();
    for (String alias : config.getOrDefault("transforms", "").split("\\s*,\\s*")) {
      if (alias.isEmpty()) continue;
      Map<String, String> keys = withPrefix(config, "transforms." + alias + ".");
      Transformation<SinkRecord> transformation = create(keys.remove("type"));
      String used = keys.remove("predicate");
      boolean negate = Boolean.parseBoolean(keys.remove("negate"));
      transformation.configure(keys);
      Predicate<SinkRecord> predicate = null;
      if (used != null) {
        Map<String, String> predicateKeys = withPrefix(config, "predicates." + used + ".");
        predicate = create(predicateKeys.remove("type"));
        predicate.configure(predicateKeys);
      }
      stages.add(new Stage(transformation, predicate, negate));
    }
    return stages;
  }

  private static Converter converter(Map<String, String> config, String key, boolean isKey) {
    try {
      Converter converter = create(config.get(key));
      converter.configure(withPrefix(config, key + "."), isKey);
      return converter;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> T create(String className) throws Exception {
    return (T) Class.forName(className).getDeclaredConstructor().newInstance();
  }

  private static Map<String, String> withPrefix(Map<String, String> config, String prefix) {
    Map<String, String> found = new HashMap<>();
    config.forEach((key, value) -> {
      if (key.startsWith(prefix)) found.put(key.substring(prefix.length()), value);
    });
    return found;
  }

  private static byte[] bytes(JsonNode base64) {
    return base64.isNull() ? null : Base64.getDecoder().decode(base64.asText());
  }

  private static ObjectNode describe(SinkRecord record) {
    ObjectNode node = NODES.objectNode().put("topic", record.topic());
    node.put("timestamp", record.timestamp());
    node.set("keySchema", schema(record.keySchema()));
    node.set("key", value(record.key()));
    node.set("valueSchema", schema(record.valueSchema()));
    node.set("value", value(record.value()));
    ArrayNode headers = node.putArray("headers");
    for (Header header : record.headers()) {
      headers.addArray().add(header.key()).add(schema(header.schema())).add(value(header.value()));
    }
    return node;
  }

  private static JsonNode schema(Schema schema) {
    if (schema == null) return NODES.nullNode();
    ObjectNode node = NODES.objectNode().put("type", schema.type().getName()).put("optional", schema.isOptional());
    node.put("name", schema.name()).put("version", schema.version()).put("doc", schema.doc());
    node.set("default", value(schema.defaultValue()));
    if (schema.parameters() != null) node.set("parameters", JSON.valueToTree(new TreeMap<>(schema.parameters())));
    switch (schema.type()) {
      case ARRAY -> node.set("items", schema(schema.valueSchema()));
      case MAP -> {
        node.set("keys", schema(schema.keySchema()));
        node.set("values", schema(schema.valueSchema()));
      }
      case STRUCT -> {
        ArrayNode fields = node.putArray("fields");
        for (Field field : schema.fields()) fields.addArray().add(field.name()).add(schema(field.schema()));
      }
      default -> {}
    }
    return node;
  }

  /** A pair of type and text, so that 1, 1L and 1.0 differ; floats by their bits. */
  private static JsonNode value(Object value) {
    if (value == null) return NODES.nullNode();
    ArrayNode node = NODES.arrayNode();
    if (value instanceof Byte) return node.add("int8").add(value.toString());
    if (value instanceof Short) return node.add("int16").add(value.toString());
    if (value instanceof Integer) return node.add("int32").add(value.toString());
    if (value instanceof Long) return node.add("int64").add(value.toString());
    if (value instanceof Float f) return node.add("float32").add(Integer.toHexString(Float.floatToIntBits(f)));
    if (value instanceof Double d) return node.add("float64").add(Long.toHexString(Double.doubleToLongBits(d)));
    if (value instanceof Boolean || value instanceof String) {
      return node.add(value instanceof String ? "string" : "boolean").add(value.toString());
    }
    if (value instanceof byte[] bytes) return node.add("bytes").add(Base64.getEncoder().encodeToString(bytes));
    if (value instanceof ByteBuffer buffer) {
      return node.add("bytes").add(Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), buffer.limit())));
    }
    if (value instanceof BigDecimal decimal) {
      return node.add("decimal").add(decimal.unscaledValue().toString()).add(decimal.scale());
    }
    if (value instanceof Date date) return node.add("date").add(Long.toString(date.getTime()));
    if (value instanceof List<?> list) {
      ArrayNode items = node.add("array").addArray();
      for (Object item : list) items.add(value(item));
      return node;
    }
    if (value instanceof Map<?, ?> map) {
      TreeMap<String, ArrayNode> sorted = new TreeMap<>();
      map.forEach((k, v) -> sorted.put(value(k).toString(), NODES.arrayNode().add(value(k)).add(value(v))));
      ArrayNode entries = node.add("map").addArray();
      sorted.values().forEach(entries::add);
      return node;
    }
    if (value instanceof Struct struct) {
      ObjectNode fields = node.add("struct").addObject();
      for (Field field : struct.schema().fields()) fields.set(field.name(), value(struct.getWithoutDefault(field.name())));
      return node;
    }
    return node.add(value.getClass().getName()).add(value.toString());
  }
}
