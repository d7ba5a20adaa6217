package io.forgefleet.clients.git;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Calls of the git command in an environment of their own: no configuration of system or user, no hooks, no prompts, no
 * other transport than http, https and file. The token travels in the environment, not among the arguments.
 */
final class Git {

    private static final int MOST_OUTPUT = 64 << 20;

    /** Of the environment of this process, what a fetch may need: programs, proxies, certificates, temporary files. */
    private static final Pattern INHERITED = Pattern.compile(
            "PATH|TMPDIR|(?i:https?_proxy|no_proxy|all_proxy)|SSL_CERT_FILE|SSL_CERT_DIR|GIT_SSL_CAINFO|CURL_CA_BUNDLE");

    private static final String CONFIGURATION = """
            [protocol]
            	allow = never
            [protocol "http"]
            	allow = always
            [protocol "https"]
            	allow = always
            [protocol "file"]
            	allow = user
            [core]
            	hooksPath = /dev/null
            	fsmonitor = false
            	filesRefLockTimeout = 5000
            [gc]
            	auto = 0
            	autoDetach = false
            [maintenance]
            	auto = false
            [advice]
            	detachedHead = false
            [http]
            	lowSpeedLimit = 1000
            	lowSpeedTime = 30
            """;

    private final Map<String, String> environment;
    private final Duration timeout;

    /** One lock for each of many refs: git refuses when two fetches move the same ref at once. */
    private final List<Lock> locks =
            Stream.generate(() -> (Lock) new ReentrantLock()).limit(64).toList();

    private Git(Map<String, String> environment, Duration timeout) {
        this.environment = Map.copyOf(environment);
        this.timeout = timeout;
    }

    /** Writes the configuration that all calls use into the directory. */
    static Git configuredIn(Path directory, Duration timeout) throws IOException {
        Path home = Files.createDirectories(directory.resolve("home"));
        Path configuration = home.resolve("gitconfig");
        Path fresh = Files.createTempFile(home, "gitconfig", ".new");
        Files.writeString(fresh, CONFIGURATION);
        Files.move(fresh, configuration, StandardCopyOption.ATOMIC_MOVE);

        Map<String, String> environment = new HashMap<>();
        System.getenv().forEach((name, value) -> {
            if (INHERITED.matcher(name).matches()) {
                environment.put(name, value);
            }
        });
        environment.put("HOME", home.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_CONFIG_GLOBAL", configuration.toString());
        environment.put("GIT_ATTR_NOSYSTEM", "1");
        environment.put("GIT_TERMINAL_PROMPT", "0");
        return new Git(environment, timeout);
    }

    Duration timeout() {
        return timeout;
    }

    /** The lock of a ref of a mirror. */
    Lock lockOf(Path mirror, String ref) {
        return locks.get(Math.floorMod(31 * mirror.hashCode() + ref.hashCode(), locks.size()));
    }

    /**
     * Asks the forge for refs.
     *
     * @param names full names, or none for all refs and the default branch
     */
    RemoteRefs refs(GitRemote remote, List<String> names) throws ClientException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("ls-remote", "--symref"));
        if (!names.isEmpty() && names.stream().allMatch(name -> name.startsWith("refs/heads/"))) {
            arguments.add("--heads"); // spares the server listing thousands of pull requests
        }
        arguments.addAll(List.of("--", remote.url()));
        for (String name : names) {
            // arguments are encoded by the locale of the JVM, which may know ASCII only; a pattern finds the rest
            String pattern = name.replaceAll("[^\\x21-\\x7e]+", "*");
            arguments.add(pattern);
            arguments.add(pattern + "^{}");
        }
        Command.Result result = remote(remote, "", Map.of(), arguments);
        if (result.exit() != 0) {
            throw failure("list the refs of " + remote, result, remote);
        }
        return RemoteRefs.parse(result.text());
    }

    /** A call that talks to a forge. */
    Command.Result remote(GitRemote remote, String input, Map<String, String> more, List<String> arguments)
            throws ClientException, InterruptedException {
        Map<String, String> variables = new HashMap<>(more);
        String authorization = remote.authorization();
        if (authorization != null) {
            variables.put("GIT_CONFIG_COUNT", "1");
            variables.put("GIT_CONFIG_KEY_0", "http." + remote.origin() + ".extraHeader");
            variables.put("GIT_CONFIG_VALUE_0", "Authorization: " + authorization);
        }
        return call(input, variables, arguments);
    }

    /** A call that stays on this machine, and must succeed. */
    byte[] local(String... arguments) throws ClientException, InterruptedException {
        return local("", Map.of(), List.of(arguments));
    }

    byte[] local(String input, Map<String, String> more, List<String> arguments)
            throws ClientException, InterruptedException {
        Command.Result result = call(input, more, arguments);
        if (result.exit() != 0) {
            throw failure("run git " + String.join(" ", arguments), result, null);
        }
        return result.output();
    }

    Command.Result call(String input, Map<String, String> more, List<String> arguments)
            throws ClientException, InterruptedException {
        Map<String, String> variables = new HashMap<>(environment);
        variables.putAll(more);
        List<String> all = new ArrayList<>();
        all.add("git");
        all.addAll(arguments);
        return new Command(all, variables, null, input, timeout).run(MOST_OUTPUT);
    }

    static String objectFormat(CommitId example) {
        return "--object-format=" + (example.value().length() == 40 ? "sha1" : "sha256");
    }

    /** The failure of a call, by what git printed. */
    static ClientException failure(String tried, Command.Result result, @Nullable GitRemote remote) {
        String errors = redacted(result.errors(), remote);
        String lower = errors.toLowerCase(Locale.ROOT);
        Kind kind;
        String advice;
        if (says(
                lower,
                "authentication failed",
                "could not read username",
                "could not read password",
                "error: 401",
                "error: 403")) {
            kind = Kind.UNAUTHORIZED;
            advice = "; check the token of this forge and that it may read the repository";
        } else if (says(lower, "repository not found", "does not appear to be a git repository", "error: 404")
                || (lower.contains("repository '") && lower.contains("' not found"))) {
            kind = Kind.NOT_FOUND;
            advice = "; it was removed or renamed, or the token may not see it";
        } else if (says(lower, "not allowed", "invalid refspec", "unsupported")) {
            kind = Kind.REFUSED;
            advice = "";
        } else {
            kind = Kind.UNAVAILABLE;
            advice = "";
        }
        return new ClientException(
                kind, "could not " + tried + ": git ended with " + result.exit() + ": " + errors + advice);
    }

    private static boolean says(String text, String... words) {
        return Stream.of(words).anyMatch(text::contains);
    }

    private static String redacted(String text, @Nullable GitRemote remote) {
        String token = remote == null ? null : remote.token();
        String authorization = remote == null ? null : remote.authorization();
        if (token == null || token.isEmpty() || authorization == null) {
            return text;
        }
        return text.replace(authorization, "•••").replace(token, "•••");
    }

    static String lines(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }
}
