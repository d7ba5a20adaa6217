package io.forgefleet.gateway.pin;

import static io.forgefleet.gateway.pin.PinsTest.DIGEST;
import static io.forgefleet.gateway.pin.PinsTest.IMAGE;
import static io.forgefleet.gateway.pin.PinsTest.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PinsPropertyTest {

    private static final String PATH = ".gitea/workflows/x.yml";

    /** A line of a workflow as it is, and as it has to be afterwards. */
    record Line(String before, String after) {
        static Line same(String text) {
            return new Line(text, text);
        }
    }

    /** A job whose container or service names the image in some way. */
    @Provide
    Arbitrary<List<Line>> jobs() {
        Arbitrary<String> reference = Arbitraries.of("", ":latest", ":1.2", ":x_Y", "@sha256:" + "0".repeat(64));
        Arbitrary<String> quote = Arbitraries.of("", "'", "\"");
        Arbitrary<String> key = Arbitraries.of("container: ", "container:   ", "\"container\" : ", "container: &a ");
        Arbitrary<String> comment =
                Arbitraries.of("", "  ", " # ü 🚢", "   # deps-aaaaaaaaaaaa", "  #  deps-bbbbbbbb # x");
        Arbitrary<Line> place = Combinators.combine(key, quote, reference, comment)
                .as((k, q, r, c) -> {
                    boolean known = c.contains("deps-");
                    String shown = known ? c.replaceFirst("deps-[ab]+", VERSION) : " # " + VERSION + c;
                    return new Line(
                            "    " + k + q + IMAGE + r + q + c, "    " + k + q + IMAGE + "@" + DIGEST + q + shown);
                });
        Arbitrary<Line> other = Arbitraries.of(
                        "    # container: " + IMAGE,
                        "    name: \"" + IMAGE + ":latest # x\"",
                        "    env: {image: '" + IMAGE + ":latest'} # " + IMAGE,
                        "",
                        "    if: é && 🚢 != '" + IMAGE + "'",
                        "    steps: [{run: 'docker pull " + IMAGE + ":latest'}, {uses: docker://other:1}]")
                .map(Line::same);
        Arbitrary<List<Line>> job = Combinators.combine(
                        other.list()
                                .ofMaxSize(3)
                                .map(lines -> lines.stream().distinct().toList()),
                        place,
                        Arbitraries.integers().between(0, 999_999))
                .as((others, line, number) -> {
                    List<Line> lines = new ArrayList<>(List.of(Line.same("  job" + number + ":")));
                    lines.addAll(others);
                    lines.add(line);
                    return List.copyOf(lines);
                });
        return job.list().ofMinSize(1).ofMaxSize(4).map(jobs -> jobs.stream()
                .flatMap(List::stream)
                .toList());
    }

    private static String text(List<Line> lines, String lineEnd, Function<Line, String> side) {
        return lines.stream().map(side).collect(Collectors.joining(lineEnd, "jobs:" + lineEnd, lineEnd));
    }

    @Property(tries = 300)
    void everythingButThePinsStaysByteForByte(@ForAll("jobs") List<Line> lines, @ForAll boolean windows)
            throws Exception {
        String lineEnd = windows ? "\r\n" : "\n";
        String before = text(lines, lineEnd, Line::before);
        PinEdit edit = Pins.edit(PATH, before, IMAGE, DIGEST, VERSION);
        assertThat(edit.text()).isEqualTo(text(lines, lineEnd, Line::after));
        assertThat(Pins.edit(PATH, edit.text(), IMAGE, DIGEST, VERSION).text()).isEqualTo(edit.text());
    }

    /** Whatever a file has become, it is refused or edited to something that stays as it is. */
    @Property(tries = 300)
    void aDamagedFileIsRefusedOrEditedOnce(
            @ForAll("jobs") List<Line> lines, @ForAll @IntRange(max = 5000) int place, @ForAll("damage") String damage)
            throws Exception {
        String whole = text(lines, "\n", Line::before);
        int at = place % whole.length();
        String damaged = whole.substring(0, at) + damage + whole.substring(Math.min(whole.length(), at + place % 3));
        PinEdit edit;
        try {
            edit = Pins.edit(PATH, damaged, IMAGE, DIGEST, VERSION);
        } catch (MalformedWorkflowException e) {
            assertThat(e.line()).isPositive();
            return;
        }
        PinEdit again = Pins.edit(PATH, edit.text(), IMAGE, DIGEST, VERSION);
        assertThat(again.text()).isEqualTo(edit.text());
        assertThat(again.pinned()).hasSameSizeAs(edit.pinned());
    }

    @Provide
    Arbitrary<String> damage() {
        return Arbitraries.of(
                "", " ", "\n", "\"", "'", "{", "}", "[", "]", ",", "#", " #", ": ", "&a ", "*a", "|", "!x ", "🚢", "-",
                "\t", "\u0085", "\r");
    }
}
