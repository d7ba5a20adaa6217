package io.forgefleet.clients.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {

    private static final Map<String, String> PATH = Map.of("PATH", System.getenv("PATH"));

    @TempDir
    Path directory;

    private Command command(Duration timeout, String... arguments) {
        return new Command(List.of(arguments), PATH, directory, "", timeout);
    }

    @Test
    void passesArgumentsAsTheyAre() throws Exception {
        Command.Result result = command(Duration.ofSeconds(10), "printf", "%s|", "$(touch x)", "a b", "`id`", "")
                .run(1000);
        assertThat(result.text()).isEqualTo("$(touch x)|a b|`id`||");
        assertThat(directory.resolve("x")).doesNotExist();
    }

    @Test
    void inheritsNothingFromTheEnvironment() throws Exception {
        assertThat(command(Duration.ofSeconds(10), "env").run(1000).text().lines())
                .allMatch(line -> line.startsWith("PATH=") || line.startsWith("PWD="));
    }

    @Test
    void keepsTheEndOfErrorsOnly() throws Exception {
        Command.Result result = command(Duration.ofSeconds(10), "sh", "-c", "seq 1 100000 >&2; exit 3")
                .run(1000);
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.errors()).hasSizeLessThanOrEqualTo(16 * 1024).endsWith("100000");
    }

    @Test
    void endsAProgramThatPrintsTooMuch() {
        assertThatThrownBy(() -> command(Duration.ofSeconds(30), "yes").run(1000))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("more than 1000 bytes");
    }

    @Test
    void endsTheWholeTreeAtTimeout() throws Exception {
        assertThatThrownBy(() -> tree(Duration.ofMillis(600)).run(1000))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("did not end within");
        assertGone();
    }

    @Test
    void endsTheWholeTreeAtInterrupt() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                tree(Duration.ofSeconds(60)).run(1000);
            } catch (ClientException | InterruptedException e) {
                thrown.set(e);
            }
        });
        Awaitility.await().until(() -> Files.exists(directory.resolve("grandchild")));
        thread.interrupt();
        thread.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertGone();
    }

    @Test
    void killsWhatDoesNotListenToTerm() throws Exception {
        String deaf = "trap '' TERM; echo $$ > grandchild; while :; do sleep 0.1; done";
        assertThatThrownBy(
                        () -> command(Duration.ofMillis(600), "sh", "-c", deaf).run(1000))
                .isInstanceOf(ClientException.class);
        assertGone();
    }

    @Test
    void namesAMissingProgram() {
        assertThatThrownBy(
                        () -> command(Duration.ofSeconds(1), "no-such-program").run(10))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.REFUSED))
                .hasMessageContaining("no-such-program could not be started");
    }

    /** A shell with a child with a child; the innermost leaves its process id in a file. */
    private Command tree(Duration timeout) {
        return command(timeout, "sh", "-c", "sh -c 'sh -c \"echo \\$\\$ > grandchild; sleep 60; :\"; :'; :");
    }

    private void assertGone() throws Exception {
        long pid =
                Long.parseLong(Files.readString(directory.resolve("grandchild")).strip());
        Awaitility.await()
                .atMost(Duration.ofSeconds(3))
                .until(() -> ProcessHandle.of(pid).map(h -> !h.isAlive()).orElse(true));
    }
}
