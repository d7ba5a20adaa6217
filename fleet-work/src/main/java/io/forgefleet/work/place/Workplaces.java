package io.forgefleet.work.place;

import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.git.GitMirror;
import io.forgefleet.clients.git.GitMirrors;
import io.forgefleet.clients.git.GitRemote;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ForgeConfig;
import io.forgefleet.runtime.config.RegistryConfig;
import io.forgefleet.runtime.config.RepositoryRule;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The workplaces of all configured repositories, which share mirrors and registry clients. Thread-safe. */
public final class Workplaces implements AutoCloseable {

    private static final Duration GIT_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration FORGE_TIMEOUT = Duration.ofSeconds(5);

    private final FleetConfig config;
    private final GitMirrors mirrors;
    private final Registries registries;
    private final Map<String, Forge> forges = new HashMap<>();

    public Workplaces(FleetConfig config, DockerCredentials credentials) throws IOException {
        this.config = config;
        this.mirrors = new GitMirrors(config.dataDirectory().resolve("git"), GIT_TIMEOUT);
        for (ForgeConfig forge : config.forges()) {
            if (forge.token() != null) {
                String token = forge.token().value();
                forges.put(forge.name(), Forge.open(forge.kind(), forge.url().toString(), token, FORGE_TIMEOUT));
            }
        }
        this.registries = new Registries(config, credentials);
    }

    /** The workplace of a repository; empty when it is not configured, or not any more. */
    public Optional<Workplace> of(RepositoryId repository) {
        Optional<ForgeConfig> forge = config.forge(repository.forge());
        Optional<RepositoryRule> rule = config.ruleFor(repository);
        if (forge.isEmpty() || rule.isEmpty()) {
            return Optional.empty();
        }
        Forge api = forges.get(repository.forge());
        GitRemote remote = api != null
                ? api.remote(repository)
                : GitRemote.anonymous(forge.get().url() + "/" + repository.path() + ".git");
        GitMirror mirror = mirrors.of(repository, remote);
        List<Workplace> copies = new ArrayList<>();
        for (String name : rule.get().copyTo()) {
            in(name, repository, forge.get(), api, rule.get(), mirror, List.of())
                    .ifPresent(copies::add);
        }
        return in(rule.get().images(), repository, forge.get(), api, rule.get(), mirror, copies);
    }

    private Optional<Workplace> in(
            String registry,
            RepositoryId repository,
            ForgeConfig forge,
            @Nullable Forge api,
            RepositoryRule rule,
            GitMirror mirror,
            List<Workplace> copies) {
        Optional<RegistryConfig> configured = config.registry(registry);
        Optional<Registry> client = registries.client(registry);
        return configured.isEmpty() || client.isEmpty()
                ? Optional.empty()
                : Optional.of(new Workplace(
                        repository,
                        forge,
                        api,
                        rule,
                        configured.get(),
                        client.get(),
                        mirror,
                        config.dataDirectory().resolve("images"),
                        copies));
    }

    /** Where images lie. */
    public Registries registries() {
        return registries;
    }

    @Override
    public void close() throws IOException {
        mirrors.close();
    }
}
