import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Values;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * Reads lines of `kind TAB text`, and writes a line for each: for the kind `header` what Kafka Connect guesses of the text,
 * with its types; else the kind holds settings of a JsonConverter (`name=value,…`), and the answer is the JSON that the text
 * becomes without its schema, or the class and message of the exception. With `base64:` before the settings, the text is the
 * base64 of the bytes; with `text:`, the answer is what String.valueOf makes of the value, in base64.
 */
public class ConvertValues {
  private static final String BASE64 = "base64:";
  private static final String TEXT = "text:";
  private static final Map<String, JsonConverter[]> CONVERTERS = new HashMap<>();

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] parts = line.split("\t", 2);
      out.println(parts[0].equals("header") ? describe(Values.parseString(parts[1])) : convert(parts[0], parts[1]));
    }
    out.flush();
  }

  private static String convert(String settings, String text) {
    JsonConverter[] pair = CONVERTERS.computeIfAbsent(settings, ConvertValues::converters);
    try {
      SchemaAndValue read = pair[0].toConnectData("topic", bytesOf(settings, text));
      if (settings.startsWith(TEXT)) {
        return Base64.getEncoder().encodeToString(String.valueOf(read.value()).getBytes(StandardCharsets.UTF_8));
      }
      if (read.value() == null) {
        return "null";
      }
      return new String(pair[1].fromConnectData("topic", read.schema(), read.value()), StandardCharsets.UTF_8);
    } catch (RuntimeException e) {
      return e.getClass().getName() + ": " + e.getMessage();
    }
  }

  private static byte[] bytesOf(String settings, String text) {
    return settings.contains(BASE64) ? Base64.getDecoder().decode(text) : text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonConverter[] converters(String settings) {
    Map<String, String> config = new HashMap<>();
    for (String setting : settings.replace(BASE64, "").replace(TEXT, "").split(",")) {
      config.put(setting.split("=")[0], setting.split("=")[1]);
    }
    JsonConverter reader = new JsonConverter();
    reader.configure(config, false);
    JsonConverter writer = new JsonConverter();
    config.put("schemas.enable", "false");
    writer.configure(config, false);
    return new JsonConverter[] {reader, writer};
  }

  private static String describe(SchemaAndValue parsed) {
    return parsed == null ? "null" : type(parsed.schema()) + " " + show(parsed.value());
  }

  private static String type(Schema schema) {
    if (schema == null) {
      return "none";
    }
    switch (schema.type()) {
      case ARRAY:
        return "ARRAY<" + type(schema.valueSchema()) + ">";
      case MAP:
        return "MAP<" + type(schema.keySchema()) + "," + type(schema.valueSchema()) + ">";
      default:
        return schema.name() == null ? schema.type().toString() : schema.name();
    }
  }

  private static String show(Object value) {
    if (value instanceof Date) {
      return "date " + ((Date) value).getTime();
    }
    if (value instanceof BigDecimal) {
      return "decimal " + ((BigDecimal) value).unscaledValue() + " " + ((BigDecimal) value).scale();
    }
    if (value instanceof Float || value instanceof Double) {
      return "bits " + Long.toHexString(Double.doubleToLongBits(((Number) value).doubleValue()));
    }
    if (value instanceof List) {
      return ((List<?>) value).stream().map(ConvertValues::show).collect(Collectors.joining("; ", "[", "]"));
    }
    if (value instanceof Map) {
      return ((Map<?, ?>) value).entrySet().stream()
          .map(entry -> show(entry.getKey()) + "=" + show(entry.getValue()))
          .collect(Collectors.joining("; ", "{", "}"));
    }
    return String.valueOf(value);
  }
}
