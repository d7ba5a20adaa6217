package io.forgefleet.clients.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Follows one build by what buildx prints with {@code --progress=rawjson}. Used by one thread at a time. */
final class BuildProgress {

    private static final int MOST_LAST_LINES = 20;
    private static final int MOST_LINE = 4000;
    private static final int MOST_WARNINGS = 50;
    private static final int MOST_WORDS = 40;

    /** Of the Dockerfile: {@code [2/5] RUN …}, {@code [base 1/2] COPY …}, {@code [linux/arm64 base 1/2] …}. */
    private static final Pattern DOCKERFILE_STEP = Pattern.compile("^\\[([^\\]]* )?\\d+/\\d+\\] .*", Pattern.DOTALL);

    /** Looks an image up, which is done whatever caches hold. */
    private static final Pattern BASE_STEP = Pattern.compile("^\\[[^\\]]*\\d+/\\d+\\] FROM .*", Pattern.DOTALL);

    /** The image that was looked up, by the digest that it has then; {@code [context …]} stands in for one that is named. */
    private static final Pattern BASE_IMAGE =
            Pattern.compile("^\\[([^\\]]*\\d+/\\d+\\] FROM|[^\\]]*context [^\\]]+\\]) (\\S+@sha256:[0-9a-f]{64})");

    private static final Pattern CACHE_STEP = Pattern.compile("^(\\[[^\\]]*\\] )?(importing|exporting) cache .*");
    private static final Pattern EXITED = Pattern.compile("did not complete successfully: exit code: \\d+");
    private static final Pattern FULL_DISK = Pattern.compile("(?i)no space left on device");
    private static final Pattern DOCKERFILE_WORDS =
            Pattern.compile("(?i)dockerfile parse error|unknown instruction|failed to read dockerfile|not found"
                    + "|failed to (compute cache key|calculate checksum)|should not be blank|invalid reference format"
                    + "|circular dependency|failed to process|pull access denied|no build stage|failed to parse"
                    + "|target stage|requires (at least|exactly)|no match for platform|not supported");

    private static final class Step {
        private final String name;
        private final Deque<String> lastLines = new ArrayDeque<>();
        private final StringBuilder[] open = {new StringBuilder(), new StringBuilder()};
        private boolean started;
        private Instant begin = Instant.MAX;
        private boolean ended;
        private boolean cached;
        private List<String> inputs = List.of();
        private @Nullable String error;

        private Step(String name) {
            this.name = name;
        }

        boolean ofDockerfile() {
            return DOCKERFILE_STEP.matcher(name).matches();
        }
    }

    private final Consumer<BuildEvent> listener;
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final Deque<String> words = new ArrayDeque<>();

    BuildProgress(Consumer<BuildEvent> listener) {
        this.listener = listener;
    }

    /** Takes one JSON object of the stream. */
    void object(JsonNode object) {
        object.path("vertexes").forEach(this::vertex);
        object.path("logs").forEach(this::log);
        object.path("warnings").forEach(warning -> warn(decoded(warning.path("short"))));
    }

    /** Takes a line of plain text between the objects. */
    void word(String line) {
        words.addLast(line);
        if (words.size() > MOST_WORDS) {
            words.removeFirst();
        }
        if (line.startsWith("WARN")) {
            warn(line);
        }
    }

    /** @param targets names of those that are built */
    BuildResult.Report report(Duration took, List<String> targets) {
        // a step that BuildKit shares with another build of the moment is told twice, under two digests
        Map<String, Boolean> own = new LinkedHashMap<>();
        steps.values().stream()
                .filter(step -> step.started && step.ofDockerfile())
                .forEach(step -> own.merge(step.name, step.cached, Boolean::logicalAnd));
        int cached = (int) own.values().stream().filter(hit -> hit).count();
        String firstRun = steps.values().stream()
                .filter(step -> step.started && step.ofDockerfile() && !own.getOrDefault(step.name, true))
                .filter(step -> !BASE_STEP.matcher(step.name).matches())
                .min(Comparator.comparing(step -> step.begin))
                .map(step -> step.name)
                .orElse(null);
        return new BuildResult.Report(took, own.size(), cached, firstRun, layers(targets), bases(), warnings);
    }

    private List<String> bases() {
        return steps.values().stream()
                .map(step -> BASE_IMAGE.matcher(step.name))
                .filter(Matcher::find)
                .map(found -> found.group(2))
                .distinct()
                .sorted()
                .toList();
    }

    private Map<String, List<BuildResult.LayerSteps>> layers(List<String> targets) {
        Map<String, LayerChains.Vertex> vertices = new LinkedHashMap<>();
        steps.forEach(
                (digest, step) -> vertices.put(digest, new LayerChains.Vertex(step.name, step.inputs, step.cached)));
        LayerChains chains = new LayerChains(vertices);
        Map<String, List<BuildResult.LayerSteps>> layers = new LinkedHashMap<>();
        targets.forEach(target -> layers.put(target, chains.of(targets.size() == 1 ? "" : target)));
        return layers;
    }

    /**
     * Tells the Dockerfile's fault from trouble around it.
     *
     * @throws ClientException for trouble of engine, registry or network, which another attempt may not meet
     */
    BuildResult.Failed failed(String image, int exit, Duration took) throws ClientException {
        Step failed = null;
        for (Step step : steps.values()) {
            boolean better = failed == null || step.ofDockerfile() || !failed.ofDockerfile();
            if (step.error != null && !CACHE_STEP.matcher(step.name).matches() && better) {
                failed = step;
            }
        }
        String last = words.stream()
                .filter(line -> line.startsWith("ERROR:"))
                .reduce((first, second) -> second)
                .map(line -> line.substring("ERROR:".length()).strip())
                .orElse("buildx ended with " + exit + ": " + String.join(" | ", words));
        String error = failed == null || failed.error == null ? last : failed.error;
        boolean exited =
                failed != null && failed.ofDockerfile() && EXITED.matcher(error).find();
        List<String> lines = failed == null ? List.of() : List.copyOf(failed.lastLines);
        // what a command printed or was called may hold any word, so its exit code goes before the words; but for a
        // disk that is full and a memory that was, which any command may meet first
        boolean broken = exited
                ? error.endsWith("exit code: 137") || lines.stream().anyMatch(FULL_DISK.asPredicate())
                : EngineTrouble.broken(last);
        if (broken) {
            String line = lines.stream()
                    .filter(FULL_DISK.asPredicate())
                    .findFirst()
                    .map(said -> ": " + said)
                    .orElse("");
            throw new ClientException(Kind.BROKEN, "could not build " + image + ": " + last + (exited ? line : ""));
        }
        if (EngineTrouble.oldStore(last)) {
            throw new ClientException(
                    Kind.REFUSED, "could not build " + image + ": " + last + "; " + EngineInfo.CONTAINERD_ADVICE);
        }
        if (!exited
                && (EngineTrouble.passes(last)
                        || !DOCKERFILE_WORDS.matcher(last).find())) {
            throw new ClientException(Kind.UNAVAILABLE, "could not build " + image + ": " + last);
        }
        return new BuildResult.Failed(
                failed == null ? "" : failed.name, exited ? error : last, lines, report(took, List.of()));
    }

    private void vertex(JsonNode vertex) {
        Step step = step(vertex.path("digest").asText(""), vertex.path("name").asText(""));
        Instant started = instant(vertex.path("started"));
        Instant completed = instant(vertex.path("completed"));
        String error = vertex.path("error").asText("");
        if (vertex.path("inputs").isArray()) {
            List<String> inputs = new ArrayList<>();
            vertex.path("inputs").forEach(input -> inputs.add(input.asText()));
            step.inputs = inputs;
        }
        step.cached |= vertex.path("cached").asBoolean(false);
        if (!error.isEmpty()) {
            step.error = error;
        }
        if (started != null && !step.started) {
            step.started = true;
            step.begin = started;
            listener.accept(new BuildEvent.StepStarted(step.name));
        }
        if (completed != null && !step.ended) {
            step.ended = true;
            flush(step);
            Duration took = started == null ? Duration.ZERO : Duration.between(started, completed);
            listener.accept(new BuildEvent.StepEnded(step.name, step.cached, took, step.error));
            if (step.error != null && CACHE_STEP.matcher(step.name).matches()) {
                warn(step.name + ": " + step.error);
            }
        }
    }

    private Step step(String digest, String name) {
        return steps.computeIfAbsent(digest, key -> new Step(name));
    }

    private void log(JsonNode log) {
        Step step = step(log.path("vertex").asText(""), "");
        StringBuilder open = step.open[log.path("stream").asInt(1) == 2 ? 1 : 0];
        open.append(decoded(log.path("data")));
        int from = 0;
        for (int end = open.indexOf("\n", from); end >= 0; end = open.indexOf("\n", from)) {
            line(step, open.substring(from, end));
            from = end + 1;
        }
        open.delete(0, from);
        if (open.length() > MOST_LINE) {
            line(step, open.toString());
            open.setLength(0);
        }
    }

    private void flush(Step step) {
        for (StringBuilder open : step.open) {
            if (!open.isEmpty()) {
                line(step, open.toString());
                open.setLength(0);
            }
        }
    }

    private void line(Step step, String text) {
        String whole = text.stripTrailing();
        // a progress bar rewrites its line: what it showed last is what stays
        String seen = whole.substring(whole.lastIndexOf('\r') + 1);
        String line = seen.length() > MOST_LINE ? seen.substring(0, MOST_LINE) + "…" : seen;
        step.lastLines.addLast(line);
        if (step.lastLines.size() > MOST_LAST_LINES) {
            step.lastLines.removeFirst();
        }
        listener.accept(new BuildEvent.LogLine(step.name, line));
    }

    private void warn(String text) {
        if (warnings.size() < MOST_WARNINGS) {
            warnings.add(text);
            listener.accept(new BuildEvent.Warning(text));
        }
    }

    private static @Nullable Instant instant(JsonNode value) {
        try {
            return value.isTextual() ? Instant.parse(value.asText()) : null;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static String decoded(JsonNode base64) {
        try {
            return new String(Base64.getDecoder().decode(base64.asText("")), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return base64.asText("");
        }
    }
}
