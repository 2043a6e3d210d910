package tailrace;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** A sink for Kafka Connect itself that takes Tailrace's class name and its first key: one request for each record. */
public class HttpSink extends SinkConnector {
  private Map<String, String> config;

  @Override
  public void start(Map<String, String> config) {
    this.config = config;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return HttpSinkTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return Collections.nCopies(maxTasks, config);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef()
        .define("http.url", Type.STRING, Importance.HIGH, "Where the records go")
        .define("http.auth.type", Type.STRING, "none", Importance.MEDIUM, "How requests are authorized")
        .define("http.auth.bearer.token", Type.PASSWORD, null, Importance.MEDIUM, "A secret");
  }

  @Override
  public String version() {
    return "1.2.3";
  }
}
