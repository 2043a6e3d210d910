import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One properties file a line in, what Java reads from it a line out: texts as hexadecimal UTF-16 code units, through a Reader;
 * with the argument `bytes` as bytes, through a stream, as Kafka Connect reads its files.
 */
public class LoadProperties {
  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in));
    var out = new StringBuilder();
    var bytes = args.length > 0 && args[0].equals("bytes");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.append(bytes ? loadBytes(HexFormat.of().parseHex(line)) : load(decode(line))).append('\n');
    }
    System.out.print(out);
  }

  static String loadBytes(byte[] bytes) throws Exception {
    var properties = new Properties();
    properties.load(new ByteArrayInputStream(bytes));
    return sorted(properties);
  }

  static String load(String text) throws Exception {
    var properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IllegalArgumentException malformed) {
      return "malformed";
    }
    return sorted(properties);
  }

  static String sorted(Properties properties) {
    Map<String, String> sorted = new TreeMap<>();
    properties.forEach((key, value) -> sorted.put(encode((String) key), encode((String) value)));
    return sorted.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
  }

  static String decode(String hex) {
    var text = new StringBuilder();
    for (int at = 0; at < hex.length(); at += 4) {
      text.append((char) Integer.parseInt(hex.substring(at, at + 4), 16));
    }
    return text.toString();
  }

  static String encode(String text) {
    return text.chars().mapToObj(unit -> String.format("%04x", unit)).collect(Collectors.joining());
  }
}
