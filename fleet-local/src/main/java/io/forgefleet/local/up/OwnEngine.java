package io.forgefleet.local.up;

import io.forgefleet.events.image.TrustClass;
import io.forgefleet.host.engine.LocalEngine;
import io.forgefleet.runtime.config.BuilderConfig;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.RegistryConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Engines that a fleet starts for itself, so that a trust class need not share its build state. */
public final class OwnEngine {

    /** What a fleet without one does. */
    static final String WITHOUT = "protected branches are built with --no-cache, so slower";

    private static final Logger LOG = LoggerFactory.getLogger(OwnEngine.class);
    private static final int SLOTS = 1;

    private OwnEngine() {}

    /** Whether nobody has said who builds protected branches, so that the fleet may see to it. */
    public static boolean isWanted(FleetConfig config) {
        return !config.chosenBuilders()
                && config.builders().stream()
                        .noneMatch(builder -> builder.trust().contains(TrustClass.PROTECTED));
    }

    /** Why a fleet of this configuration cannot start one; empty where it can. */
    public static Optional<String> obstacle(FleetConfig config) {
        boolean elsewhere = config.builders().stream()
                .anyMatch(builder -> !"unix".equals(builder.endpoint().getScheme()));
        return elsewhere ? Optional.of("the engine of DOCKER_HOST is on another machine") : LocalEngine.obstacle();
    }

    /** Where the fleet keeps the engine of a trust class. */
    public static Path folder(FleetConfig config, TrustClass trust) {
        return config.dataDirectory().toAbsolutePath().resolve("engine-" + word(trust));
    }

    /**
     * Starts one in its folder.
     *
     * @throws IllegalStateException when it does not start; the message says why
     */
    public static LocalEngine start(FleetConfig config, TrustClass trust) throws InterruptedException {
        List<String> insecure = config.registries().stream()
                .filter(RegistryConfig::plainHttp)
                .map(registry -> registry.address().replaceFirst("/.*", ""))
                .toList();
        long began = System.nanoTime();
        LocalEngine engine = LocalEngine.start(folder(config, trust), insecure);
        LOG.info(
                "an engine for {} builds answers at {} after {} ms",
                word(trust),
                engine.endpoint(),
                (System.nanoTime() - began) / 1_000_000);
        return engine;
    }

    /** The builder that such an engine is. */
    public static BuilderConfig builder(LocalEngine engine, TrustClass trust) {
        return new BuilderConfig(
                "own-" + word(trust),
                BuilderConfig.Kind.ENGINE,
                engine.endpoint(),
                null,
                Set.of(trust),
                List.of(),
                SLOTS);
    }

    private static String word(TrustClass trust) {
        return trust.name().toLowerCase(Locale.ROOT);
    }
}
