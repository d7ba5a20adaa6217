package io.forgefleet.local.doctor;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.tool.Command;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs of this machine. */
final class MachineChecks {

    private static final int JDK = 25;
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int MOST_OUTPUT = 64 * 1024;

    private final Map<String, String> environment;
    private final Consumer<Finding> tell;

    MachineChecks(Map<String, String> environment, Consumer<Finding> tell) {
        this.environment = environment;
        this.tell = tell;
    }

    void run() throws InterruptedException {
        Runtime.Version java = Runtime.version();
        tell.accept(
                java.feature() >= JDK
                        ? Finding.ok("JDK", java + " at " + System.getProperty("java.home"))
                        : Finding.fail("JDK", String.valueOf(java), "JDK " + JDK + " or newer is needed"));
        program("git", 2, 30, "apt-get install git", "git", "--version");
        program(
                "buildx",
                0,
                13,
                "install Docker's client and its buildx plugin, 0.13 or newer (as root, ./fleet demo does it)",
                "docker",
                "buildx",
                "version");
    }

    private void program(String what, int major, int minor, String advice, String... line) throws InterruptedException {
        try {
            Command.Result result = new Command(List.of(line), environment, null, "", TIMEOUT).run(MOST_OUTPUT);
            String said = result.text().strip();
            Matcher version = VERSION.matcher(said);
            if (result.exit() != 0 || !version.find()) {
                tell.accept(Finding.fail(
                        what,
                        String.join(" ", line) + " ended with " + result.exit() + ": "
                                + result.errors().strip(),
                        advice));
                return;
            }
            int found = Integer.parseInt(version.group(1));
            boolean enough = found > major || (found == major && Integer.parseInt(version.group(2)) >= minor);
            tell.accept(
                    enough
                            ? Finding.ok(what, said)
                            : Finding.fail(what, said + " is older than " + major + "." + minor, advice));
        } catch (ClientException e) {
            tell.accept(Finding.fail(what, String.valueOf(e.getMessage()), advice));
        }
    }
}
