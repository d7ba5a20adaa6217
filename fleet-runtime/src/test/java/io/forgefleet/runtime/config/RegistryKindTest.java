package io.forgefleet.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryKindTest {

    @ParameterizedTest
    @CsvSource({
        "ghcr.io/team, GHCR",
        "docker.io/team, DOCKER_HUB",
        "registry.gitlab.com/team/app, GITLAB",
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com/team, ECR",
        "registry.example:5000/ghcr.io, OCI",
        "ghcr.io.example/team, OCI",
        "127.0.0.1:5000, OCI"
    })
    void anAddressThatOnlyLooksLikeOneIsAPlainRegistry(String address, RegistryKind kind) {
        assertThat(RegistryKind.of(address)).isEqualTo(kind);
    }
}
