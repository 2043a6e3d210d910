import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** A sink for comparisons: appends the value of each record to a file, as JSON without its schema, one line each. */
public class RecordSink extends SinkConnector {
  private Map<String, String> config;

  @Override
  public void start(Map<String, String> config) {
    this.config = config;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return Writer.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return List.of(config);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef().define("file", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Where the lines go");
  }

  @Override
  public String version() {
    return "1";
  }

  public static class Writer extends SinkTask {
    private final JsonConverter json = new JsonConverter();
    private Path file;

    @Override
    public void start(Map<String, String> config) {
      // What the value converter reads, this one writes by the same settings: so does Tailrace.
      String converter = "value.converter.";
      String decimals = config.getOrDefault(converter + "decimal.format", "BASE64");
      String nulls = config.getOrDefault(converter + "replace.null.with.default", "true");
      Map<String, String> settings =
          Map.of("schemas.enable", "false", "decimal.format", decimals, "replace.null.with.default", nulls);
      json.configure(settings, false);
      file = Path.of(config.get("file"));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      StringBuilder lines = new StringBuilder();
      for (SinkRecord record : records) {
        byte[] value = json.fromConnectData(record.topic(), record.valueSchema(), record.value());
        lines.append(value == null ? "null" : new String(value, StandardCharsets.UTF_8)).append('\n');
      }
      try {
        Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void stop() {}

    @Override
    public String version() {
      return "1";
    }
  }
}
