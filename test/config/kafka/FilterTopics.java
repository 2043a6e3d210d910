import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** For each regular expression of the arguments, a line of the topics (standard input) that it matches in whole. */
class FilterTopics {
    public static void main(String[] expressions) throws Exception {
        List<String> topics;
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in))) {
            topics = input.lines().collect(Collectors.toList());
        }
        for (String expression : expressions) {
            Pattern pattern = Pattern.compile(expression);
            System.out.println(topics.stream().filter(t -> pattern.matcher(t).matches()).collect(Collectors.joining(" ")));
        }
    }
}
