package io.forgefleet.build.trust;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.Glob;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.wire.Json;
import io.forgefleet.work.place.RunEndedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The image that interprets a Dockerfile, where it names one: it is run within BuildKit, before any step, and sees the
 * whole build. Found as BuildKit finds it ({@code frontend/dockerfile/parser}, "DetectSyntax"): in the comments at the top,
 * behind {@code #} or {@code //}, after a line of {@code #!}, or as a field of JSON.
 */
public final class Frontends {

    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern DIRECTIVE =
            Pattern.compile("^\\s*(?:#|//)\\s*([A-Za-z][A-Za-z0-9]*)\\s*=\\s*(.+?)\\s*$");

    private Frontends() {}

    /**
     * Refuses a frontend that nobody allowed.
     *
     * @param argument value of the build argument {@code BUILDKIT_SYNTAX}, which goes before the file; empty for none
     */
    public static void require(List<Glob> allowed, byte[] dockerfile, String argument) throws RunEndedException {
        if (dockerfile.length > MOST_BYTES) {
            throw new RunEndedException(Reason.FAILED, "the Dockerfile is larger than " + MOST_BYTES + " bytes");
        }
        Optional<String> frontend = argument.isEmpty() ? of(dockerfile) : Optional.of(argument);
        if (frontend.isPresent() && allowed.stream().noneMatch(glob -> glob.matches(frontend.get()))) {
            throw new RunEndedException(
                    Reason.FAILED,
                    "the frontend " + frontend.get() + " is not on the list of those that may interpret a Dockerfile:"
                            + " take it out, or have it added to frontends in fleet.yml");
        }
    }

    /** What a Dockerfile names. */
    static Optional<String> of(byte[] dockerfile) {
        String text = new String(dockerfile, StandardCharsets.UTF_8);
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        Optional<String> json = ofJson(text);
        return json.isPresent() ? json : ofComments(text);
    }

    private static Optional<String> ofComments(String text) {
        boolean first = true;
        for (String line : text.lines().toList()) {
            if (first && line.startsWith("#!")) {
                first = false;
                continue;
            }
            first = false;
            Matcher directive = DIRECTIVE.matcher(line);
            // BuildKit gives up at the first line that is none; to look further refuses too much rather than too little
            if (directive.matches() && directive.group(1).equalsIgnoreCase("syntax")) {
                return Optional.of(directive.group(2).split("\\s", -1)[0]);
            }
            if (!line.isBlank()
                    && !line.stripLeading().startsWith("#")
                    && !line.stripLeading().startsWith("//")) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<String> ofJson(String text) {
        String start = text.startsWith("#!") && text.indexOf('\n') >= 0 ? text.substring(text.indexOf('\n') + 1) : text;
        if (!start.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        try {
            JsonNode syntax = Json.mapper().readTree(start).path("syntax");
            return syntax.isTextual() ? Optional.of(syntax.asText().strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
