import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.Worker;
import org.apache.kafka.connect.runtime.isolation.Plugins;
import org.apache.kafka.connect.runtime.rest.entities.ConfigInfos;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.apache.kafka.connect.runtime.standalone.StandaloneHerder;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.storage.FileOffsetBackingStore;
import org.apache.kafka.connect.util.FutureCallback;

/**
 * What Kafka Connect's own herder answers, without a broker: for each line of its input one of output. A JSON object is validated as a
 * configuration, anything else is the name of a plugin whose keys are listed. Arguments: the properties of the worker, key and value in turn.
 */
public class ValidateConfigs {
  /** A sink with one key of its own. */
  public static class PlainSink extends SinkConnector {
    @Override
    public void start(Map<String, String> config) {}

    @Override
    public Class<? extends Task> taskClass() {
      return null;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
      return List.of();
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
      return new ConfigDef().define("http.url", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Where to.");
    }

    @Override
    public String version() {
      return "1";
    }
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> properties = new HashMap<>();
    for (int at = 0; at < arguments.length; at += 2) properties.put(arguments[at], arguments[at + 1]);
    Plugins plugins = new Plugins(properties);
    plugins.compareAndSwapWithDelegatingLoader();
    StandaloneConfig config = new StandaloneConfig(properties) {
      @Override
      public String kafkaClusterId() {
        return "cluster";
      }
    };
    var policy = new AllConnectorClientConfigOverridePolicy();
    var converter = plugins.newInternalConverter(true, JsonConverter.class.getName(), Map.of());
    Worker worker = new Worker("worker", Time.SYSTEM, plugins, config, new FileOffsetBackingStore(converter), policy);
    StandaloneHerder herder = new StandaloneHerder(worker, "cluster", policy);
    ObjectMapper mapper = new ObjectMapper();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      Object answer;
      if (line.startsWith("{")) {
        FutureCallback<ConfigInfos> infos = new FutureCallback<>();
        herder.validateConnectorConfig(mapper.readValue(line, new TypeReference<Map<String, String>>() {}), infos, false);
        try {
          answer = infos.get();
        } catch (ExecutionException e) {
          answer = Map.of("error", e.getCause().getMessage());
        }
      } else {
        answer = herder.connectorPluginConfig(line);
      }
      System.out.println(mapper.writeValueAsString(answer));
    }
    System.exit(0);
  }
}
