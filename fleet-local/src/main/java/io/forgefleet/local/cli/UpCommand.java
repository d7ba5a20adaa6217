package io.forgefleet.local.cli;

import io.forgefleet.events.image.TrustClass;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.up.LocalFleet;
import io.forgefleet.runtime.config.BuilderConfig;
import io.forgefleet.runtime.config.ConfigException;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ForgeConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the whole fleet until it is stopped. */
@Command(
        name = "up",
        description = "Runs the whole fleet in one process: gateway, build workers, and a Kafka of its own unless"
                + " fleet.yml names one. Ctrl-C or SIGTERM stops it: running builds get the drain time to finish.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  cp fleet.example.yml fleet.yml     then name forge, registry and repositories in it",
            "  ./fleet up",
            "  ./fleet up --config /etc/forgefleet/fleet.yml"
        })
final class UpCommand implements Callable<Integer> {

    private static final Duration READY_WITHIN = Duration.ofSeconds(15);

    private final Invocation invocation;

    @Mixin
    private final FleetFile file = new FleetFile();

    UpCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, ConfigException, InterruptedException {
        long began = System.nanoTime();
        Logging.ofService();
        FleetConfig config = configuration();
        LocalFleet running;
        try {
            running = LocalFleet.start(config);
        } catch (IOException e) {
            throw new CommandFailure("the fleet did not start: " + e.getMessage(), "./fleet doctor may know more", e);
        }
        try {
            awaitReady(running, READY_WITHIN);
            tell(config, running, Duration.ofNanos(System.nanoTime() - began));
            new CountDownLatch(1).await();
            return 0;
        } finally {
            invocation
                    .terminal()
                    .say("fleet: stopping; running builds get "
                            + config.intervals().drain().toSeconds() + " s to finish");
            if (!running.stop()) {
                invocation.terminal().say("fleet: not everything ended well; its log says what");
            }
        }
    }

    private FleetConfig configuration() throws CommandFailure, ConfigException {
        Path path = file.path(invocation.environment());
        if (!Files.exists(path)) {
            String home = System.getProperty("forgefleet.home", "");
            Path example = Path.of(home, "fleet.example.yml");
            throw new CommandFailure(
                    "there is no " + path
                            + (path.isAbsolute() ? "" : " in " + Path.of("").toAbsolutePath()),
                    """
                    begin one:           cp %s %s
                    then name your forge, registry and repositories in it, and check it: ./fleet config validate
                    only to look around: ./fleet demo, which needs none""".formatted(example, path));
        }
        return FleetConfig.load(path, invocation.environment());
    }

    /** What is away may come back, so that the fleet starts without it; only said is what is missing. */
    static void awaitReady(LocalFleet running, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!running.missing().isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(Duration.ofMillis(20));
        }
    }

    private void tell(FleetConfig config, LocalFleet running, Duration took) {
        Terminal terminal = invocation.terminal();
        var missing = running.missing();
        terminal.say(terminal.paint(missing.isEmpty() ? Paint.GREEN : Paint.YELLOW, "fleet:")
                + " %s after %.1f s".formatted(missing.isEmpty() ? "ready" : "started, but not ready,", seconds(took)));
        missing.forEach((part, what) -> line("missing", part + ": " + what));
        for (ForgeConfig forge : config.forges()) {
            URI url = running.webhookUrl(forge.name());
            String host = config.listen().webhooks().isWildcard() ? "THIS-HOST:" + url.getPort() : url.getAuthority();
            line(
                    "webhooks",
                    "http://" + host + "/webhooks/" + forge.name() + "   ← " + forge.url()
                            + ", content type JSON, secret: that of webhookSecrets in fleet.yml");
        }
        line("runs", running.managementUrl() + "/");
        line(
                "kafka",
                config.kafka().isEmbedded()
                        ? "its own, in " + LocalFleet.brokerDirectory(config)
                        : config.kafka().settings().bootstrap());
        for (BuilderConfig builder : running.builders()) {
            String trust = builder.trust().stream()
                    .map(TrustClass::name)
                    .sorted()
                    .collect(Collectors.joining(", "))
                    .toLowerCase(Locale.ROOT);
            line(
                    "builder",
                    builder.name() + " at " + builder.endpoint() + ", for " + trust + ", " + builder.slots()
                            + " at once");
        }
        if (!running.note().isEmpty()) {
            line("note", running.note());
        }
        line("stop", "Ctrl-C");
    }

    private void line(String name, String value) {
        invocation.terminal().say("  " + invocation.terminal().paint(Paint.DIM, "%-8s".formatted(name)) + " " + value);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
