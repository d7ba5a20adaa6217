package io.forgefleet.cleanup.driver.api;

import io.forgefleet.cleanup.driver.OciDriver;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.RegistryReader;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Credential;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.runtime.config.RegistryConfig;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Drivers for the registries of {@code fleet.yml}. Their APIs are let in by the same credentials as the registries. */
public final class RegistryDrivers {

    private final DockerCredentials credentials;
    private final Duration timeout;

    /**
     * @param timeout for each exchange
     */
    public RegistryDrivers(DockerCredentials credentials, Duration timeout) {
        this.credentials = credentials;
        this.timeout = timeout;
    }

    /** The driver of a registry; nothing is asked yet. */
    public RegistryDriver of(RegistryConfig config) {
        String host = config.api().replaceFirst("/.*", "");
        RegistryReader reader = new RegistryReader(new Registry(host, config.plainHttp(), credentials, timeout));
        return switch (config.kind()) {
            case OCI -> new OciDriver(reader);
            case ECR -> new EcrDriver(reader);
            case GITEA ->
                new GiteaDriver(
                        reader,
                        api(
                                at(config, (config.plainHttp() ? "http://" : "https://") + host, "api/v1/"),
                                () -> credential(host)
                                        .map(Credential::basic)
                                        .map(RegistryDrivers::authorization)
                                        .orElse(Map.of())));
            case GHCR ->
                new GhcrDriver(reader, api(at(config, "https://api.github.com", ""), () -> credential(host)
                        .map(known -> authorization("Bearer " + known.secret()))
                        .orElse(Map.of())));
            case GITLAB ->
                new GitLabDriver(
                        reader,
                        api(
                                at(config, "https://" + host.replaceFirst("^registry\\.|:.*", ""), "api/v4/"),
                                () -> credential(host)
                                        .map(known -> Map.of("PRIVATE-TOKEN", known.secret()))
                                        .orElse(Map.of())));
            case DOCKER_HUB -> {
                URI hub = at(config, "https://hub.docker.com", "v2/");
                yield new HubDriver(reader, api(hub, new HubToken(api(hub, Map::of), () -> credential(host))));
            }
        };
    }

    private JsonApi api(URI base, JsonApi.Headers headers) {
        return new JsonApi(base, timeout, headers);
    }

    private Optional<Credential> credential(String host) throws ClientException, InterruptedException {
        return credentials.of(host);
    }

    private static Map<String, String> authorization(String value) {
        return Map.of("Authorization", value);
    }

    private static URI at(RegistryConfig config, String otherwise, String path) {
        URI said = config.management();
        String base = said == null ? otherwise : said.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + path);
    }
}
