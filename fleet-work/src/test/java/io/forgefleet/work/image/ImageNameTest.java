package io.forgefleet.work.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.runtime.config.RegistryConfig;
import io.forgefleet.runtime.config.RegistryKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {

    private static final RegistryConfig TWO_ADDRESSES = new RegistryConfig(
            "main", "registry.example:5000/team", "localhost:5001/inner", true, RegistryKind.OCI, null);
    private static final RegistryConfig PLAIN =
            new RegistryConfig("main", "registry.example", "registry.example", false, RegistryKind.OCI, null);

    @Test
    void oneImageHasTheNameOfItsRepository() {
        ImageName name = name(TWO_ADDRESSES, "Owner/App", "cli", 1);
        assertThat(name)
                .isEqualTo(new ImageName("registry.example:5000/team/owner/app", "localhost:5001", "inner/owner/app"));
        assertThat(name.tagged("pr-7-abc1234")).isEqualTo("registry.example:5000/team/owner/app:pr-7-abc1234");
    }

    @Test
    void severalImagesLieBelowIt() {
        assertThat(name(PLAIN, "group/sub/app", "cli", 2))
                .isEqualTo(
                        new ImageName("registry.example/group/sub/app/cli", "registry.example", "group/sub/app/cli"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"o/.github", "o/-x-", "o/a..b", "o/a.-b", "O_/___", "o/App_", "o/a___b"})
    void namesThatRegistriesRefuseBecomeOnesThatTheyTake(String path) {
        assertThat(name(PLAIN, path, "cli", 1).repository())
                .matches("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
    }

    @Test
    void namesThatWouldBecomeOneStayApart() {
        assertThat(List.of(".x", "x", "-x", "x-", "x_", "_x"))
                .extracting(last -> name(PLAIN, "o/" + last, "cli", 1).repository())
                .doesNotHaveDuplicates();
    }

    private static ImageName name(RegistryConfig registry, String path, String image, int among) {
        ImageSpec spec = new ImageSpec(image, "Dockerfile", ".");
        return ImageName.of(registry, new RepositoryId("forge", path), spec, among);
    }
}
