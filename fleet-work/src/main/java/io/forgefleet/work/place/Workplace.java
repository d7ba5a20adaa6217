package io.forgefleet.work.place;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.PullRequestState;
import io.forgefleet.clients.git.GitMirror;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.runtime.config.ForgeConfig;
import io.forgefleet.runtime.config.RegistryConfig;
import io.forgefleet.runtime.config.RepositoryRule;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.work.image.ImageName;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One repository, where it is fetched from, where its images go, and what is configured for it.
 *
 * @param api null without a token for it
 * @param scratch a folder for files on their way
 * @param copies the same with each further registry that gets its images
 */
public record Workplace(
        RepositoryId repository,
        ForgeConfig forge,
        @Nullable Forge api,
        RepositoryRule rule,
        RegistryConfig registryConfig,
        Registry registry,
        GitMirror mirror,
        Path scratch,
        List<Workplace> copies) {

    public Workplace {
        copies = List.copyOf(copies);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Workplace.class);

    /** Its page on the forge. */
    public URI page() {
        return URI.create(forge.url() + "/" + repository.path());
    }

    public ImageName name(ImageSpec image, int among) {
        return ImageName.of(registryConfig, repository, image, among);
    }

    /** What the forge says about a pull request; empty where it cannot be asked or does not answer: git knows enough. */
    public Optional<PullRequestState> pullRequest(long number) throws InterruptedException {
        if (api == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(api.pullRequest(repository, number));
        } catch (ClientException e) {
            LOG.warn("the state of pull request {} is not known: {}", number, e.getMessage());
            return Optional.empty();
        }
    }

    /** What a tag is; empty when it is not there. */
    public Optional<Manifest> manifest(ImageName image, String tag) throws ClientException, InterruptedException {
        return registry.find(image.repository(), tag);
    }

    public Redaction redaction() {
        List<Secret> secrets = new ArrayList<>(rule.secrets().values());
        if (forge.token() != null) {
            secrets.add(forge.token());
        }
        return new Redaction(secrets);
    }
}
