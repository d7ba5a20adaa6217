package io.forgefleet.local.doctor;

import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.sign.cosign.CosignTool;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.release.proof.Proofs;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.RepositoryRule;
import io.forgefleet.runtime.config.release.ReleaseRule;
import io.forgefleet.runtime.config.release.SigningKeyConfig;
import io.forgefleet.work.gate.ConfiguredScan;
import io.forgefleet.work.place.RunEndedException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Whether releases can be signed. */
final class SignChecks {

    private final Map<String, String> environment;
    private final Consumer<Finding> tell;

    SignChecks(Map<String, String> environment, Consumer<Finding> tell) {
        this.environment = environment;
        this.tell = tell;
    }

    /** Not a failure: only releases want it, and these say so before anything is built. */
    void run(FleetConfig config) {
        ToolPaths paths = ConfiguredScan.paths(config, environment);
        Optional<Path> found = paths.find(CosignTool.NAME);
        tell.accept(
                found.isPresent()
                        ? Finding.ok("signing", "cosign at " + found.get())
                        : Finding.warn(
                                "signing",
                                "there is no cosign " + paths.places(CosignTool.NAME) + ": nothing can be released",
                                CosignTool.HOW_TO_GET));
        if (found.isPresent()) {
            for (String name : keys(config)) {
                key(config, name);
            }
        }
    }

    /** Those that rules of repositories name. */
    private static Set<String> keys(FleetConfig config) {
        Set<String> keys = new LinkedHashSet<>();
        for (RepositoryRule rule : config.repositories()) {
            ReleaseRule release = rule.release();
            if (release != null) {
                keys.addAll(release.keys());
            }
        }
        return keys;
    }

    private void key(FleetConfig config, String name) {
        String what = "signing key " + name;
        SigningKeyConfig key = config.signingKeys().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("the configuration has seen to it that there is a key " + name));
        try {
            Trust trust = new Proofs(config, environment, InstantSource.system(), config.dataDirectory()).checkKey(key);
            tell.accept(Finding.ok(what, "opens; " + trust.describe()));
        } catch (SignException | RunEndedException e) {
            tell.accept(Finding.warn(
                    what, String.valueOf(e.getMessage()), "the release worker alone needs it: is this its machine?"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
