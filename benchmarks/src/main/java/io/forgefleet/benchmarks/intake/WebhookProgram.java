package io.forgefleet.benchmarks.intake;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * {@code webhook} (<a href="https://github.com/adnanh/webhook">adnanh/webhook</a>), the usual small program that takes
 * webhooks: it checks the signature, answers, and has a command run. It keeps nothing.
 */
final class WebhookProgram implements AutoCloseable {

    static final String HOW_TO_GET = "no `webhook` on PATH (apt-get install webhook)";

    private static final Duration READY_WITHIN = Duration.ofSeconds(20);

    /** What a hook does once its signature is right. */
    enum Hook {
        /** What the program is for, with the cheapest command there is; it answers before the command ends. */
        RUNS_COMMAND("webhook", ""),
        /** A second rule never holds, so that no command runs and nothing comes of it: as fast as the program gets. */
        RUNS_NOTHING("webhook without a command", """
                ,
                {"match": {"type": "value", "value": "none", "parameter": {"source": "payload", "name": "ref"}}}""");

        private final String title;
        private final String furtherRule;

        Hook(String title, String furtherRule) {
            this.title = title;
            this.furtherRule = furtherRule;
        }
    }

    private final Receiver receiver;
    private final ManagedProcess process;

    private WebhookProgram(Receiver receiver, ManagedProcess process) {
        this.receiver = receiver;
        this.process = process;
    }

    static boolean isAvailable() {
        return Program.onPath("webhook").isPresent();
    }

    static WebhookProgram start(Bench bench, Hook hook) throws IOException, InterruptedException {
        Path hooks = bench.directory().resolve(hook + "-hooks.json");
        Files.writeString(hooks, """
                [{"id": "push", "execute-command": "/bin/true", "http-methods": ["POST"],
                  "include-command-output-in-response": false, "trigger-rule-mismatch-http-response-code": 202,
                  "trigger-rule": {"and": [
                    {"match": {"type": "payload-hmac-sha256", "secret": "%s",
                               "parameter": {"source": "header", "name": "%s"}}}%s]}}]
                """.formatted(SignedPush.SECRET, SignedPush.SIGNATURE_HEADER, hook.furtherRule));
        int port = FreePort.find();
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                "webhook",
                bench.directory().resolve(hook + ".log"),
                List.of("webhook", "-hooks", hooks.toString(), "-ip", "127.0.0.1", "-port", Integer.toString(port))));
        process.awaitReady(() -> listens(port), READY_WITHIN);
        return new WebhookProgram(new Receiver(hook.title, port, "/hooks/push"), process);
    }

    static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    Receiver receiver() {
        return receiver;
    }

    @Override
    public void close() {
        process.close();
    }
}
