package io.forgefleet.build.image;

import io.forgefleet.build.plan.ImageName;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.git.GitMirror;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.runtime.config.ForgeConfig;
import io.forgefleet.runtime.config.RegistryConfig;
import io.forgefleet.runtime.config.RepositoryRule;
import io.forgefleet.runtime.config.Secret;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One repository, where it is fetched from, where its images go, and what is configured for it. */
record Workplace(
        RepositoryId repository,
        ForgeConfig forge,
        RepositoryRule rule,
        RegistryConfig registryConfig,
        Registry registry,
        GitMirror mirror) {

    /** Its page on the forge. */
    URI page() {
        return URI.create(forge.url() + "/" + repository.path());
    }

    ImageName name(ImageSpec image, int among) {
        return ImageName.of(registryConfig, repository, image, among);
    }

    /** What a tag is; empty when it is not there. */
    Optional<Manifest> manifest(ImageName image, String tag) throws ClientException, InterruptedException {
        try {
            return Optional.of(registry.get(image.repository(), tag));
        } catch (ClientException e) {
            if (e.kind() == ClientException.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    Redaction redaction() {
        List<Secret> secrets = new ArrayList<>(rule.secrets().values());
        if (forge.token() != null) {
            secrets.add(forge.token());
        }
        return new Redaction(secrets);
    }
}
