package io.forgefleet.gateway.replay;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.EventId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.gateway.replay.ReplayException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants done again.
 *
 * @param forge name of the forge, where the rest leaves it open; null for any
 * @param ciImage name of the one CI image that is wanted, always built anew; null for all images of the commit
 * @param template name of the one template database that is wanted, asked for anew where it could not be made; null for all
 * @param rebuild build anew although the image is there
 * @param dryRun only say what would be done
 */
public record ReplayRequest(
        Selection selection,
        @Nullable String forge,
        WorkerKind worker,
        @Nullable String ciImage,
        @Nullable String template,
        boolean rebuild,
        boolean dryRun) {

    /** Which events. */
    public sealed interface Selection {}

    /** One by its id. */
    public record ByEvent(EventId event) implements Selection {}

    /** The newest of a pull request that may need an image. */
    public record ByPullRequest(String path, long number) implements Selection {}

    /** The newest push or pull request of a commit, told by its first digits. */
    public record ByCommit(String digits) implements Selection {}

    /** The newest push to a branch; of {@code main}, or else {@code master}, where none is named. */
    public record ByRepository(String path, @Nullable String branch) implements Selection {}

    /** All that ask for work and were accepted within this time before now. */
    public record Since(Duration window) implements Selection {}

    private static final Set<String> FIELDS = Set.of(
            "event",
            "pullRequest",
            "sha",
            "since",
            "repository",
            "branch",
            "forge",
            "worker",
            "ciImage",
            "template",
            "rebuild",
            "dryRun");
    private static final Pattern PULL_REQUEST = Pattern.compile("([A-Za-z0-9_./-]+)#([1-9][0-9]{0,17})");
    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+((\\.|_|-)[a-z0-9]+)*");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}");
    private static final Pattern WINDOW = Pattern.compile("([1-9][0-9]{0,5})([smhd])");
    private static final String HOW =
            "name what to replay by one of event, pullRequest (\"owner/name#7\"), sha, since (\"2h\"), repository (\"owner/name\")";

    /**
     * Reads a request.
     *
     * @param workers the kinds of workers that there are
     */
    public static ReplayRequest read(JsonNode json, Set<WorkerKind> workers) throws ReplayException {
        if (!json.isObject()) {
            throw invalid("the request is no JSON object", HOW);
        }
        for (String name : (Iterable<String>) json::fieldNames) {
            if (!FIELDS.contains(name)) {
                throw invalid("there is no field '" + name + "'", "use " + sorted(FIELDS));
            }
        }
        List<Selection> selections = new ArrayList<>();
        String event = text(json, "event");
        if (event != null) {
            selections.add(byEvent(event));
        }
        String pullRequest = text(json, "pullRequest");
        if (pullRequest != null) {
            Matcher matcher = matching(PULL_REQUEST, pullRequest, "pullRequest", "owner/name#7");
            selections.add(new ByPullRequest(matcher.group(1), Long.parseLong(matcher.group(2))));
        }
        String sha = text(json, "sha");
        if (sha != null) {
            selections.add(new ByCommit(matching(COMMIT, sha, "sha", "7 to 64 lower-case hexadecimal digits")
                    .group()));
        }
        String since = text(json, "since");
        if (since != null) {
            selections.add(new Since(window(matching(WINDOW, since, "since", "a time such as 90s, 30m, 2h or 1d"))));
        }
        String repository = text(json, "repository");
        String branch = text(json, "branch");
        if (repository != null) {
            selections.add(new ByRepository(
                    matching(REPOSITORY, repository, "repository", "owner/name").group(), branch));
        } else if (branch != null) {
            throw invalid("branch is named without repository", HOW);
        }
        if (selections.size() != 1) {
            throw invalid(selections.isEmpty() ? "nothing is named to replay" : "several things are named", HOW);
        }
        String ciImage = text(json, "ciImage");
        if (ciImage != null) {
            matching(NAME, ciImage, "ciImage", "the name of one of the ciImages of .forgefleet.yml");
        }
        String template = text(json, "template");
        if (template != null) {
            matching(NAME, template, "template", "the name of one of the templateDatabases of .forgefleet.yml");
        }
        String named = text(json, "worker");
        WorkerKind usual = template == null ? WorkerKind.BUILD : WorkerKind.TEMPLATE;
        WorkerKind worker = named == null ? usual : worker(named, workers);
        if ((ciImage != null && !worker.equals(WorkerKind.BUILD))
                || (template != null && !worker.equals(WorkerKind.TEMPLATE))) {
            throw invalid(
                    "workers of kind " + worker.name() + " do not make that",
                    "ciImage is the build workers', template the template workers'; leave worker out");
        }
        return new ReplayRequest(
                selections.getFirst(),
                text(json, "forge"),
                worker,
                ciImage,
                template,
                flag(json, "rebuild") || ciImage != null,
                flag(json, "dryRun"));
    }

    private static Selection byEvent(String event) throws ReplayException {
        try {
            return new ByEvent(new EventId(event));
        } catch (IllegalArgumentException e) {
            throw invalid("event is '" + cut(event) + "'", "give an event id, 32 lower-case hexadecimal digits");
        }
    }

    private static WorkerKind worker(String name, Set<WorkerKind> workers) throws ReplayException {
        return workers.stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> invalid(
                        "there is no worker kind '" + cut(name) + "'",
                        "use " + sorted(workers.stream().map(WorkerKind::name).toList())));
    }

    private static Duration window(Matcher matcher) {
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    private static @Nullable String text(JsonNode json, String name) throws ReplayException {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw invalid(name + " is no text", "write it in quotes, or leave it out");
        }
        return value.textValue().strip();
    }

    private static boolean flag(JsonNode json, String name) throws ReplayException {
        JsonNode value = json.path(name);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw invalid(name + " is neither true nor false", "write true or false, without quotes");
        }
        return value.asBoolean(false);
    }

    private static Matcher matching(Pattern pattern, String text, String name, String expected) throws ReplayException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw invalid(name + " is '" + cut(text) + "'", "give " + expected);
        }
        return matcher;
    }

    private static String sorted(Iterable<String> words) {
        List<String> list = new ArrayList<>();
        words.forEach(list::add);
        list.sort(null);
        return String.join(", ", list);
    }

    private static String cut(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private static ReplayException invalid(String message, String advice) {
        return new ReplayException(Kind.INVALID, message, advice);
    }
}
