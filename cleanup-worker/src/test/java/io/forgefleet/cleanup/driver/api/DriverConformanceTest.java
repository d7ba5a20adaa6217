package io.forgefleet.cleanup.driver.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.Listing;
import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.cleanup.driver.StoredManifest;
import io.forgefleet.clients.registry.Referrers;
import io.forgefleet.events.image.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every driver does alike, on each registry: real ones where they can be had, recorded ones else. */
class DriverConformanceTest {

    private static final Digest NOWHERE = new Digest("sha256:" + "ab".repeat(32));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void deletesWhatItIsAskedForAndNothingElse(RegistrySite.Sort sort) throws Exception {
        try (RegistrySite site = RegistrySite.start(sort, folder)) {
            String repository = site.repository();
            assertThat(site.driver().list(repository).tags()).isEmpty();

            Digest shared = site.pushes().image("shared", Optional.empty(), "v1", "pr-7-abcdef0");
            Digest single = site.pushes().image("single", Optional.empty(), "pr-8-abcdef0");
            Digest child = site.pushes().image("child", Optional.empty());
            int size = (int) site.driver()
                    .reader()
                    .manifest(repository, child.value())
                    .orElseThrow()
                    .size();
            Digest index = site.pushes().index(Map.of(child, size), "v2");
            Digest signature = site.pushes().image("signature", Optional.of(shared));
            int signatureSize = (int) site.driver()
                    .reader()
                    .manifest(repository, signature.value())
                    .orElseThrow()
                    .size();
            String fallback = Referrers.fallbackTag(shared);
            Digest referrers = site.pushes().index(Map.of(signature, signatureSize), fallback);
            Map<String, Digest> tags = Map.of(
                    "v1", shared, "pr-7-abcdef0", shared, "pr-8-abcdef0", single, "v2", index, fallback, referrers);

            Listing listing = site.driver().list(repository);
            assertThat(listing.tags()).isEqualTo(tags);

            Capabilities can = site.driver().capabilities(repository);
            assertThat(can.hindrance()).isEmpty();
            assertThat(can.untag()).isEqualTo(site.untag());
            assertThat(can.delete()).isTrue();
            assertThat(listing.untagged()).isEqualTo(can.seesUntagged() ? Set.of(child, signature) : Set.of());
            assertThat(site.driver().list(repository))
                    .as("asking changes nothing")
                    .isEqualTo(listing);

            Map<Digest, StoredManifest> read =
                    site.driver().reader().manifests(repository, List.of(shared, index, signature, NOWHERE));
            assertThat(read).containsOnlyKeys(shared, index, signature);
            assertThat(read.get(index)).extracting(StoredManifest::children).isEqualTo(List.of(child));
            assertThat(read.get(signature)).extracting(StoredManifest::subject).isEqualTo(Optional.of(shared));
            assertThat(site.driver().reader().referrers(repository, List.of(shared, single)))
                    .isEqualTo(Map.of(shared, Set.of(signature)));

            untagsAloneOrNotAtAll(site, can, shared);
            deletesOne(site, can, single);
            assertThat(site.driver().reader().manifests(repository, List.of(index, child, signature)))
                    .hasSize(3);
        }
    }

    private static void untagsAloneOrNotAtAll(RegistrySite site, Capabilities can, Digest shared) throws Exception {
        Removal removal = site.driver().untag(site.repository(), "pr-7-abcdef0");
        if (can.untag()) {
            assertThat(removal).isInstanceOf(Removal.Removed.class);
            assertThat(site.driver().list(site.repository()).tags()).doesNotContainKey("pr-7-abcdef0");
            assertThat(site.driver().untag(site.repository(), "pr-7-abcdef0")).isEqualTo(new Removal.Absent());
        } else {
            assertThat(removal).isInstanceOf(Removal.Refused.class);
            assertThat(site.driver().list(site.repository()).tags()).containsEntry("pr-7-abcdef0", shared);
        }
        assertThat(site.driver().list(site.repository()).tags()).containsEntry("v1", shared);
    }

    private static void deletesOne(RegistrySite site, Capabilities can, Digest single) throws Exception {
        Removal removal = site.driver().delete(site.repository(), single);
        if (!can.deleteTakesTags()) {
            assertThat(removal).isInstanceOf(Removal.Refused.class);
            assertThat(site.driver().list(site.repository()).tags()).containsEntry("pr-8-abcdef0", single);
            site.driver().untag(site.repository(), "pr-8-abcdef0");
            removal = site.driver().delete(site.repository(), single);
        }
        assertThat(removal).isEqualTo(new Removal.Removed());
        if (can.deleteTakesTags() && !site.takesTags()) {
            assertThat(site.driver().list(site.repository()).tags()).containsEntry("pr-8-abcdef0", single);
            site.driver().untag(site.repository(), "pr-8-abcdef0");
        }
        assertThat(site.driver().list(site.repository()).tags()).doesNotContainKey("pr-8-abcdef0");
        assertThat(site.driver().reader().manifest(site.repository(), single.value()))
                .isEmpty();
        assertThat(site.driver().delete(site.repository(), single)).isEqualTo(new Removal.Absent());
    }
}
