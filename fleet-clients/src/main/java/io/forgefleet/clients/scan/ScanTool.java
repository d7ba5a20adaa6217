package io.forgefleet.clients.scan;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs one program of this package and types what can go wrong with it. */
public final class ScanTool {

    /** Of the environment of this process, what these programs, and the credential helpers they call, may need. */
    private static final Pattern INHERITED = Pattern.compile(
            "PATH|HOME|TMPDIR|(?i:https?_proxy|no_proxy|all_proxy)|SSL_CERT_FILE|SSL_CERT_DIR|DOCKER_CONFIG"
                    + "|XDG_CACHE_HOME|AWS_.*|GOOGLE_.*");

    private static final int MOST_OUTPUT = 64 * 1024 * 1024;
    private static final int MOST_COMPLAINT = 500;

    private final String name;
    private final ToolPaths paths;
    private final Map<String, String> environment;
    private final Duration timeout;

    /**
     * @param environment of this process; a part of it is handed on
     * @param timeout for one run
     */
    public ScanTool(String name, ToolPaths paths, Map<String, String> environment, Duration timeout) {
        this.name = name;
        this.paths = paths;
        this.environment = environment.entrySet().stream()
                .filter(entry -> INHERITED.matcher(entry.getKey()).matches())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        this.timeout = timeout;
    }

    /** Name of the program. */
    public String name() {
        return name;
    }

    /** Fails where it is missing: before work that only it needs. */
    public void require(String tried) throws ScanException {
        program(tried);
    }

    private Path program(String tried) throws ScanException {
        return paths.find(name)
                .orElseThrow(() -> new ScanException(
                        Problem.TOOL_MISSING,
                        "could not " + tried + ": there is no " + name + " " + paths.places(name) + "; "
                                + ScanTools.howToGet(name)));
    }

    /**
     * Runs it to its end, whatever its exit code.
     *
     * @param tried for messages, without "could not"
     * @param directory where it runs; an empty one, since these programs read configuration from where they are
     */
    public Command.Result run(String tried, List<String> arguments, Map<String, String> variables, Path directory)
            throws ScanException, InterruptedException {
        Path program = program(tried);
        List<String> line = new ArrayList<>();
        line.add(program.toString());
        line.addAll(arguments);
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables);
        long began = System.nanoTime();
        try {
            return new Command(line, all, directory, "", timeout).run(MOST_OUTPUT);
        } catch (ClientException e) {
            throw failure(tried, e, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private ScanException failure(String tried, ClientException e, Duration took) {
        Problem problem = e.kind() == ClientException.Kind.REFUSED
                ? Problem.TOOL_MISSING
                : took.compareTo(timeout) >= 0 ? Problem.TIMED_OUT : Problem.UNREADABLE;
        return new ScanException(problem, "could not " + tried + ": " + e.getMessage(), e);
    }

    /** The failure of a program that ended by itself. */
    public ScanException crashed(String tried, Command.Result result) {
        String why = complaint(result);
        return new ScanException(
                Problem.CRASHED,
                "could not " + tried + ": " + name + " ended with " + result.exit()
                        + (why.isEmpty() ? "" : ": " + why));
    }

    /** Its output as a JSON object. */
    public JsonNode json(String tried, Command.Result result) throws ScanException {
        try {
            JsonNode json = Json.mapper().readTree(result.output());
            if (json != null && json.isObject()) {
                return json;
            }
            throw unreadable(tried, "it is no JSON object", null);
        } catch (IOException e) {
            throw unreadable(
                    tried, String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
        }
    }

    /** Its output is not what it documents. */
    public ScanException unreadable(String tried, String why, @Nullable Throwable cause) {
        return new ScanException(
                Problem.UNREADABLE,
                "could not " + tried + ": the output of " + name + " cannot be read: " + why
                        + "; is it a version that the fleet knows? " + ScanTools.howToGet(name),
                cause);
    }

    /** The end of what it wrote to standard error, on one line. */
    private static String complaint(Command.Result result) {
        String errors = result.errors().strip().replaceAll("\\s*\\n\\s*", "; ");
        return errors.length() <= MOST_COMPLAINT ? errors : "…" + errors.substring(errors.length() - MOST_COMPLAINT);
    }
}
