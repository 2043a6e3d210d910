import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.text.SimpleDateFormat;
import java.util.Base64;
import java.util.Date;
import java.util.Locale;
import java.util.TimeZone;

/** For each line `pattern milliseconds text` (texts in Base64): how the moment is written, and what the text is read as. */
public class FormatDates {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        StringBuilder out = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split(" ", -1);
            out.append(answer(text(parts[0]), Long.parseLong(parts[1]), text(parts[2]))).append('\n');
        }
        System.out.print(out);
    }

    private static String answer(String pattern, long ms, String text) {
        SimpleDateFormat format;
        try {
            format = new SimpleDateFormat(pattern, Locale.US);
        } catch (IllegalArgumentException e) {
            return "refused: " + e.getMessage();
        }
        format.setTimeZone(TimeZone.getTimeZone("UTC"));
        String written = format.format(new Date(ms));
        try {
            return written + " | " + format.parse(text).getTime();
        } catch (java.text.ParseException e) {
            return written + " | -";
        }
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
