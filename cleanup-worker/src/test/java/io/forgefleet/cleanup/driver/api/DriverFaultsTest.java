package io.forgefleet.cleanup.driver.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.RegistryKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What registries' own APIs answer on bad days. */
class DriverFaultsTest {

    private static final String[] TAGS = {"pr-1-a", "pr-1-b", "pr-1-c"};

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"GHCR", "GITLAB", "DOCKER_HUB"})
    void aTokenThatMayOnlyReadIsToldBeforeAnythingStarts(RegistryKind kind) throws Exception {
        try (RecordedRegistry registry = new RecordedRegistry(kind)) {
            RegistrySite site = RegistrySite.recorded(registry, folder, "reader");
            site.pushes().image("one", Optional.empty(), TAGS);
            assertThat(site.driver().capabilities(site.repository()).hindrance())
                    .contains("token")
                    .doesNotContain("secret-of-reader");
            assertThat(site.driver().capabilities(site.repository()).mayDelete())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GHCR", "GITLAB", "DOCKER_HUB"})
    void aRateLimitSaysHowLongToWait(RegistryKind kind) throws Exception {
        try (RecordedRegistry registry = new RecordedRegistry(kind)) {
            RegistrySite site = RegistrySite.recorded(registry, folder, "writer");
            Digest image = site.pushes().image("one", Optional.empty(), TAGS);
            registry.fault = exchange -> {
                if (!exchange.getRequestMethod().equals("DELETE")) {
                    return false;
                }
                boolean hub = kind == RegistryKind.DOCKER_HUB;
                String wait = hub ? String.valueOf(Instant.now().getEpochSecond() + 8) : "7";
                exchange.getResponseHeaders().set(hub ? "X-Retry-After" : "Retry-After", wait);
                RecordedRegistry.send(exchange, 429, "slow down");
                return true;
            };
            Removal removal = kind == RegistryKind.GHCR
                    ? site.driver().delete(site.repository(), image)
                    : site.driver().untag(site.repository(), TAGS[0]);
            assertThat(removal).isInstanceOfSatisfying(Removal.Later.class, later -> assertThat(later.after())
                    .isBetween(Duration.ofSeconds(6), Duration.ofSeconds(8)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GHCR", "GITLAB", "DOCKER_HUB"})
    void aListingThatBreaksInTheMiddleIsNoListing(RegistryKind kind) throws Exception {
        try (RecordedRegistry registry = new RecordedRegistry(kind)) {
            RegistrySite site = RegistrySite.recorded(registry, folder, "writer");
            for (String tag : TAGS) {
                site.pushes().image(tag, Optional.empty(), tag);
            }
            registry.fault = exchange -> {
                String asked = exchange.getRequestURI().toString();
                boolean second = kind == RegistryKind.GITLAB ? asked.endsWith("/" + TAGS[1]) : asked.endsWith("page=2");
                if (second) {
                    RecordedRegistry.send(exchange, 500, "oops");
                }
                return second;
            };
            assertThatThrownBy(() -> site.driver().list(site.repository()))
                    .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.kind())
                            .isEqualTo(Kind.UNAVAILABLE));
        }
    }

    @Test
    void whatGitHubKeepsForItsDownloadsIsRefusedWithItsWords() throws Exception {
        try (RecordedRegistry registry = new RecordedRegistry(RegistryKind.GHCR)) {
            RegistrySite site = RegistrySite.recorded(registry, folder, "writer");
            Digest image = site.pushes().image("one", Optional.empty(), TAGS);
            registry.fault = exchange -> {
                boolean deletes = exchange.getRequestMethod().equals("DELETE");
                if (deletes) {
                    RecordedRegistry.send(exchange, 400, "{\"message\":\"more than 5000 downloads\"}");
                }
                return deletes;
            };
            assertThat(site.driver().delete(site.repository(), image))
                    .isInstanceOfSatisfying(Removal.Refused.class, refused -> assertThat(refused.why())
                            .contains("5000 downloads"));
        }
    }

    @Test
    void dockerHubMayHaveDoneWhatItCallsAFailure() throws Exception {
        try (RecordedRegistry registry = new RecordedRegistry(RegistryKind.DOCKER_HUB)) {
            RegistrySite site = RegistrySite.recorded(registry, folder, "writer");
            Digest image = site.pushes().image("one", Optional.empty());
            registry.fault = exchange -> {
                boolean deletes = exchange.getRequestMethod().equals("DELETE");
                if (deletes) {
                    RecordedRegistry.send(exchange, 500, "oops");
                }
                return deletes;
            };
            assertThat(site.driver().delete(site.repository(), image)).isInstanceOf(Removal.Later.class);
        }
    }
}
