import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * A sink for measuring: POSTs what each poll brought, a record a line, 500 at most, one request after another on one
 * connection. Values become JSON without schemas, once; texts are sent as they are where `texts` is `raw`.
 */
public class PostSink extends SinkConnector {
  private Map<String, String> config;

  @Override
  public void start(Map<String, String> config) {
    this.config = config;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return Poster.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return List.of(config);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef()
        .define("url", Type.STRING, Importance.HIGH, "Where the records go")
        .define("batch", Type.INT, 500, Importance.MEDIUM, "Most records of a request")
        .define("texts", Type.STRING, "json", Importance.MEDIUM, "json: texts become JSON strings; raw: they stay texts");
  }

  @Override
  public String version() {
    return "1";
  }

  public static class Poster extends SinkTask {
    private final JsonConverter json = new JsonConverter();
    private HttpClient client;
    private HttpRequest.Builder request;
    private int batch;
    private boolean raw;
    private byte[] body = new byte[1 << 16];
    private int length;

    @Override
    public void start(Map<String, String> config) {
      json.configure(Map.of("schemas.enable", "false"), false);
      client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      request =
          HttpRequest.newBuilder(URI.create(config.get("url")))
              .timeout(Duration.ofSeconds(30))
              .header("Authorization", "Bearer benchmark")
              .header("Content-Type", "application/x-ndjson");
      batch = Integer.parseInt(config.getOrDefault("batch", "500"));
      raw = "raw".equals(config.get("texts"));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      int count = 0;
      for (SinkRecord record : records) {
        append(raw ? text(record) : json.fromConnectData(record.topic(), record.valueSchema(), record.value()));
        if (++count < batch) continue;
        post();
        count = 0;
      }
      if (count > 0) post();
    }

    private static byte[] text(SinkRecord record) {
      return ((String) record.value()).getBytes(StandardCharsets.UTF_8);
    }

    /** The only copy of a value until the client takes the body. */
    private void append(byte[] value) {
      int end = length + value.length + 1;
      if (end > body.length) body = Arrays.copyOf(body, Math.max(end, body.length * 2));
      System.arraycopy(value, 0, body, length, value.length);
      body[end - 1] = '\n';
      length = end;
    }

    private void post() {
      try {
        HttpRequest post = request.POST(BodyPublishers.ofByteArray(body, 0, length)).build();
        HttpResponse<Void> response = client.send(post, BodyHandlers.discarding());
        if (response.statusCode() != 200) throw new ConnectException("HTTP " + response.statusCode());
      } catch (IOException e) {
        throw new ConnectException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ConnectException(e);
      }
      length = 0;
    }

    @Override
    public void stop() {}

    @Override
    public String version() {
      return "1";
    }
  }
}
