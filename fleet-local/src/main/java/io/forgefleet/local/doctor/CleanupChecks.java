package io.forgefleet.local.doctor;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.api.RegistryDrivers;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.RegistryConfig;
import java.time.Duration;
import java.util.function.Consumer;

/** Whether what nobody needs can be deleted from the registries: by them, and by the fleet's account. */
final class CleanupChecks {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Beside the images; it is not there, and asking for its deletion does not make it. */
    private static final String NOWHERE = "forgefleet-doctor";

    private final RegistryDrivers drivers = new RegistryDrivers(DockerCredentials.ofThisProcess(), TIMEOUT);
    private final Consumer<Finding> tell;

    CleanupChecks(Consumer<Finding> tell) {
        this.tell = tell;
    }

    void run(FleetConfig config) throws InterruptedException {
        for (RegistryConfig registry : config.registries()) {
            String what = "cleanup of " + registry.name();
            switch (registry.kind()) {
                case OCI, GITEA -> ask(registry, what);
                case ECR ->
                    tell.accept(Finding.warn(
                            what,
                            "the fleet deletes nothing from ECR, whose lifecycle rules do that",
                            "./fleet prune --dry-run says what nobody needs"));
                case GHCR, GITLAB, DOCKER_HUB ->
                    tell.accept(
                            Finding.ok(
                                    what,
                                    "what the token may is a matter of each repository there; ./fleet prune --dry-run tells it"));
            }
        }
    }

    private void ask(RegistryConfig registry, String what) throws InterruptedException {
        int slash = registry.api().indexOf('/');
        String place = slash < 0 ? "" : registry.api().substring(slash + 1) + "/";
        try {
            Capabilities can = drivers.of(registry).capabilities(place + NOWHERE);
            if (!can.mayDelete()) {
                tell.accept(Finding.warn(
                        what,
                        "nothing can be deleted: " + can.hindrance(),
                        "until then images only become more; ./fleet prune --dry-run says what nobody needs"));
            } else if (!can.untag()) {
                tell.accept(Finding.ok(
                        what,
                        "manifests can be deleted, tags alone cannot: what a kept tag names too stays, and there is no"
                                + " undo"));
            } else {
                tell.accept(Finding.ok(
                        what,
                        can.delete() ? "manifests and tags can be deleted" : "tags can be deleted, manifests not"));
            }
        } catch (ClientException e) {
            tell.accept(Finding.warn(
                    what,
                    "what can be deleted is not known: " + e.getMessage(),
                    "registry " + registry.name() + " has to answer first"));
        }
    }
}
