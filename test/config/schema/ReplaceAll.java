import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/** For each line `pattern text replacement` (in Base64): the text with all matches replaced, in Base64, or `refused`. */
public class ReplaceAll {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        StringBuilder out = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split(" ", -1);
            out.append(answer(text(parts[0]), text(parts[1]), text(parts[2]))).append('\n');
        }
        System.out.print(out);
    }

    private static String answer(String pattern, String text, String replacement) {
        try {
            String replaced = Pattern.compile(pattern).matcher(text).replaceAll(replacement);
            return Base64.getEncoder().encodeToString(replaced.getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return "refused";
        }
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
