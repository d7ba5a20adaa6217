package io.forgefleet.benchmarks.measure;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Figures as a Markdown table, aligned for terminals, so that it can be pasted where figures are kept. */
public final class Table {

    private static final List<String> HEAD = List.of("figure", "measured", "target", "");

    private Table() {}

    /** The table, with a line end after each row. */
    public static String of(List<Figure> figures) {
        List<List<String>> rows = Stream.concat(
                        Stream.of(HEAD),
                        figures.stream()
                                .map(figure ->
                                        List.of(figure.what(), figure.measured(), figure.target(), figure.word())))
                .toList();
        int[] widths = IntStream.range(0, HEAD.size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            table.append(line(rows.get(i), widths));
            if (i == 0) {
                table.append(IntStream.of(widths)
                        .mapToObj(width -> "-".repeat(width + 2))
                        .collect(Collectors.joining("|", "|", "|\n")));
            }
        }
        return table.toString();
    }

    private static String line(List<String> cells, int[] widths) {
        return IntStream.range(0, cells.size())
                .mapToObj(column -> cells.get(column)
                        + " ".repeat(widths[column] - cells.get(column).length()))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** A number for people, the same in every locale. */
    public static String text(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
