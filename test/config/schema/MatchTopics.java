import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** For each line `pattern text replacement` (in Base64): whether the whole text matches, and the first match replaced. */
public class MatchTopics {
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
        Matcher matcher;
        try {
            matcher = Pattern.compile(pattern).matcher(text);
        } catch (IllegalArgumentException e) {
            return "refused";
        }
        boolean matches = matcher.matches();
        if (!matches) return "false";
        try {
            return "true " + matcher.replaceFirst(replacement);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return "true, and the replacement is refused";
        }
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
