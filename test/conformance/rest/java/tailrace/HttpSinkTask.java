package tailrace;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Fails for good at an answer of 4xx, and repeats everything else, as Tailrace does. */
public class HttpSinkTask extends SinkTask {
  private final HttpClient client = HttpClient.newHttpClient();
  private URI url;

  @Override
  public void start(Map<String, String> config) {
    url = URI.create(config.get("http.url"));
  }

  @Override
  public void put(Collection<SinkRecord> records) {
    for (SinkRecord record : records) {
      int status = post(String.valueOf(record.value()));
      if (status >= 400 && status < 500) throw new ConnectException("HTTP " + status);
      if (status >= 300) throw new RetriableException("HTTP " + status);
    }
  }

  private int post(String value) {
    try {
      HttpRequest request = HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(value)).build();
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new RetriableException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException(e);
    }
  }

  @Override
  public void stop() {}

  @Override
  public String version() {
    return "1.2.3";
  }
}
