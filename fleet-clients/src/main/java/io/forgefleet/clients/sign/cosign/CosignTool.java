package io.forgefleet.clients.sign.cosign;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.SignException.Problem;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.clients.tool.ToolPaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program cosign. Whether it is of line 2 or 3 is seen from its options, once: distributions build it without a version.
 * Thread-safe.
 */
public final class CosignTool {

    public static final String NAME = "cosign";

    /** How to get it, for messages. */
    public static final String HOW_TO_GET =
            "./fleet tools install cosign gets it; or install cosign 3 on this host, on PATH or"
                    + " where tools.paths of the fleet's configuration says";

    /** Keys go to no transparency log: what is signed may be private. This is what cosign itself writes for that. */
    private static final String NO_SERVICES =
            "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\",\"rekorTlogConfig\":{},\"tsaConfig\":{}}";

    /** Nobody is believed but the key. Without it cosign asks the network for Sigstore's own, and waits for that. */
    private static final String NO_AUTHORITIES =
            "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}";

    /** Of the environment of this process, what cosign, key services and credential helpers may need. */
    private static final Pattern INHERITED =
            Pattern.compile("PATH|HOME|TMPDIR|(?i:https?_proxy|no_proxy|all_proxy)|SSL_CERT_FILE|SSL_CERT_DIR"
                    + "|DOCKER_CONFIG|TUF_ROOT|AWS_.*|GOOGLE_.*|AZURE_.*|VAULT_.*|BAO_.*|SIGSTORE_.*"
                    + "|ACTIONS_ID_TOKEN_REQUEST_.*");

    private static final Logger LOG = LoggerFactory.getLogger(CosignTool.class);
    private static final int MOST_OUTPUT = 64 * 1024 * 1024;
    private static final Duration PROBE = Duration.ofSeconds(30);

    private final ToolPaths paths;
    private final Map<String, String> environment;
    private final Map<String, String> inherited;
    private final Duration timeout;
    private @Nullable Boolean modern;

    /**
     * @param environment of this process; a part of it is handed on
     * @param timeout for one run
     */
    public CosignTool(ToolPaths paths, Map<String, String> environment, Duration timeout) {
        this.paths = paths;
        this.environment = Map.copyOf(environment);
        this.inherited = environment.entrySet().stream()
                .filter(entry -> INHERITED.matcher(entry.getKey()).matches())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        this.timeout = timeout;
    }

    /** A variable of this process that cosign does not get unless it is asked for; null when it is not set. */
    @Nullable
    String variable(String name) {
        return environment.get(name);
    }

    /** Whether it is of line 3: services come from a signing configuration, signatures are bundles beside the image. */
    synchronized boolean modern() throws SignException, InterruptedException {
        if (modern == null) {
            Command.Result help = start("ask cosign for its options", List.of("sign", "--help"), Map.of(), null, PROBE);
            if (help.exit() != 0) {
                throw failure("ask cosign for its options", help);
            }
            modern = help.text().contains("--signing-config");
        }
        return modern;
    }

    /** Files for one call, and its arguments from them. */
    @FunctionalInterface
    interface Line {
        List<String> in(Scratch scratch) throws SignException, InterruptedException;
    }

    /**
     * A folder for one call.
     *
     * @param folder deleted after it
     */
    record Scratch(Path folder) {

        Path noServices() throws SignException {
            return write("signing-config.json", NO_SERVICES);
        }

        Path noAuthorities() throws SignException {
            return write("trusted-root.json", NO_AUTHORITIES);
        }

        Path write(String name, String content) throws SignException {
            try {
                return Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw noFolder(e);
            }
        }
    }

    /**
     * Runs it to its end.
     *
     * @param tried for messages, without "could not"
     * @param variables that it alone gets
     * @return what it printed
     * @throws SignException when it ends with anything but 0
     */
    String run(String tried, Map<String, String> variables, Line line) throws SignException, InterruptedException {
        Path folder;
        try {
            folder = Files.createTempDirectory("forgefleet-sign");
        } catch (IOException e) {
            throw noFolder(e);
        }
        try {
            Command.Result result = start(tried, line.in(new Scratch(folder)), variables, folder, timeout);
            if (result.exit() != 0) {
                throw failure(tried, result);
            }
            return result.text();
        } finally {
            try {
                Folders.delete(folder);
            } catch (IOException e) {
                LOG.warn("the temporary folder {} could not be deleted: {}", folder, e.toString());
            }
        }
    }

    private Command.Result start(
            String tried, List<String> arguments, Map<String, String> variables, @Nullable Path folder, Duration time)
            throws SignException, InterruptedException {
        Path program = paths.find(NAME)
                .orElseThrow(() -> new SignException(
                        Problem.TOOL_MISSING,
                        "could not " + tried + ": there is no cosign " + paths.places(NAME) + "; " + HOW_TO_GET));
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(arguments);
        Map<String, String> all = new HashMap<>(inherited);
        all.putAll(variables);
        long began = System.nanoTime();
        try {
            return new Command(line, all, folder, "", time).run(MOST_OUTPUT);
        } catch (ClientException e) {
            boolean late = System.nanoTime() - began >= time.toNanos();
            Problem problem = e.kind() == ClientException.Kind.REFUSED
                    ? Problem.TOOL_MISSING
                    : late ? Problem.TIMED_OUT : Problem.CRASHED;
            throw new SignException(problem, "could not " + tried + ": " + e.getMessage(), e);
        }
    }

    private static SignException failure(String tried, Command.Result result) {
        return Complaint.of(tried, result.exit(), result.errors());
    }

    private static SignException noFolder(IOException e) {
        return new SignException(
                Problem.CRASHED, "could not sign: no temporary folder can be written: " + e + "; is the disk full?", e);
    }
}
