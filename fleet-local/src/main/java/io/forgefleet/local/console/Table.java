package io.forgefleet.local.console;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Rows with columns as wide as their widest cell; the last column takes what it needs. */
public final class Table {

    private record Cell(String text, Paint paint) {}

    private static final String GAP = "  ";

    private final List<List<Cell>> rows = new ArrayList<>();
    private final int columns;

    /** A table with these headings. */
    public Table(String... headings) {
        columns = headings.length;
        List<Cell> cells = new ArrayList<>();
        for (String heading : headings) {
            cells.add(new Cell(heading, Paint.DIM));
        }
        rows.add(cells);
    }

    /** Begins a row; its cells follow by {@link #cell}. */
    public Table row() {
        rows.add(new ArrayList<>());
        return this;
    }

    /** The next cell of the row. */
    public Table cell(String text) {
        return cell(text, Paint.PLAIN);
    }

    /** The same in this paint. */
    public Table cell(String text, Paint paint) {
        rows.getLast().add(new Cell(text, paint));
        return this;
    }

    /** Prints it as a result. */
    public void print(Terminal terminal) {
        List<Integer> widths = new ArrayList<>(Collections.nCopies(columns, 0));
        for (List<Cell> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths.set(i, Math.max(widths.get(i), row.get(i).text().length()));
            }
        }
        for (List<Cell> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                Cell cell = row.get(i);
                boolean last = i == row.size() - 1;
                line.append(terminal.paint(cell.paint(), cell.text()))
                        .append(
                                last
                                        ? ""
                                        : " ".repeat(widths.get(i) - cell.text().length()) + GAP);
            }
            terminal.print(line.toString().stripTrailing());
        }
    }
}
