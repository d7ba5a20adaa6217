package io.forgefleet.local.doctor;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.Buildx;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.engine.EngineInfo;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.local.up.OwnEngine;
import io.forgefleet.runtime.config.BuilderConfig;
import io.forgefleet.runtime.config.FleetConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The engines, and which trust classes have one of their own. */
final class BuilderChecks {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String HOW_TO_ADD =
            "add a builder to fleet.yml: a buildkitd (kind: buildkit), or a second dockerd with its own data root, bridge and"
                    + " socket";

    private final Consumer<Finding> tell;

    BuilderChecks(Consumer<Finding> tell) {
        this.tell = tell;
    }

    void run(FleetConfig config) throws InterruptedException {
        for (BuilderConfig builder : config.builders()) {
            switch (builder.kind()) {
                case ENGINE -> engine(builder);
                case BUILDKIT -> buildKit(builder);
            }
        }
        List<Set<TrustClass>> classes =
                config.builders().stream().map(BuilderConfig::trust).toList();
        if (classes.stream().noneMatch(trust -> trust.contains(TrustClass.BRANCH))) {
            tell.accept(Finding.fail(
                    "trust classes", "no builder takes branches", "give one trust: [branch] in fleet.yml"));
        }
        if (!classes.contains(Set.of(TrustClass.PROTECTED))) {
            tell.accept(protectedBranches(config));
        }
        if (!classes.contains(Set.of(TrustClass.FORK))) {
            tell.accept(Finding.warn(
                    "trust classes",
                    "no builder is for forks alone: their pull requests are refused, with a status that says so",
                    HOW_TO_ADD + ", with trust: [fork]"));
        }
    }

    private static Finding protectedBranches(FleetConfig config) {
        String what = "trust classes";
        Optional<String> obstacle = OwnEngine.isWanted(config) ? OwnEngine.obstacle(config) : Optional.of("");
        if (obstacle.isEmpty()) {
            return Finding.ok(
                    what,
                    "./fleet up starts an engine of its own for protected branches, in "
                            + OwnEngine.folder(config, TrustClass.PROTECTED));
        }
        String why = obstacle.get().isEmpty() ? "" : ", and ./fleet up can start none: " + obstacle.get();
        return Finding.warn(
                what,
                "no builder is for protected branches alone: they are built there with --no-cache, so slower" + why,
                HOW_TO_ADD + ", with trust: [protected]");
    }

    private void buildKit(BuilderConfig builder) throws InterruptedException {
        String what = "builder " + builder.name();
        try {
            String found = Buildx.ofBuildKit(builder.endpoint().toString(), builder.tls(), System.getenv())
                    .describe(PATIENCE);
            tell.accept(Finding.ok(what, found + " at " + builder.endpoint()));
        } catch (ClientException | IOException e) {
            tell.accept(Finding.fail(
                    what,
                    String.valueOf(e.getMessage()),
                    "start a buildkitd there, or take the builder out of fleet.yml"));
        }
    }

    private void engine(BuilderConfig builder) throws InterruptedException {
        String what = "builder " + builder.name();
        String where = builder.endpoint().toString();
        try (Engine engine = new Engine(where, builder.tls(), DockerCredentials.ofThisProcess(), PATIENCE)) {
            EngineInfo info = engine.info();
            tell.accept(
                    info.containerdStore()
                            ? Finding.ok(
                                    what,
                                    "Docker Engine " + info.version() + " at " + where + ", containerd image store")
                            : Finding.fail(
                                    what,
                                    "Docker Engine " + info.version() + " at " + where
                                            + " has no containerd image store",
                                    EngineInfo.CONTAINERD_ADVICE));
        } catch (ClientException e) {
            tell.accept(Finding.fail(
                    what,
                    String.valueOf(e.getMessage()),
                    "start that engine; as root on Debian or Ubuntu, ./fleet demo installs and starts one"));
        } catch (IOException e) {
            tell.accept(Finding.warn(what, "the connection to " + where + " did not close: " + e.getMessage(), ""));
        }
    }
}
