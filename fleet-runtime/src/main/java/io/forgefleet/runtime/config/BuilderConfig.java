package io.forgefleet.runtime.config;

import io.forgefleet.events.image.TrustClass;
import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A BuildKit, with a build state of its own.
 *
 * @param name unique
 * @param kind what answers at the endpoint
 * @param endpoint {@code unix:///path} or {@code tcp://host:port}
 * @param tls folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for the endpoint; null for none
 * @param trust the classes of builds that share its state
 * @param platforms what it builds for; empty for what it says itself
 * @param slots how many builds it runs at once
 */
public record BuilderConfig(
        String name,
        Kind kind,
        URI endpoint,
        @Nullable Path tls,
        Set<TrustClass> trust,
        List<String> platforms,
        int slots) {

    /** What builds. */
    public enum Kind {
        /** A Docker engine, with the BuildKit that is in it. */
        ENGINE,
        /** A BuildKit daemon of its own. */
        BUILDKIT
    }

    static final String ENDPOINT_FORM = "unix:///path or tcp://host:port";
    static final String DEFAULT_ENGINE = "unix:///var/run/docker.sock";

    private static final Pattern ENDPOINT = Pattern.compile("unix:///\\S+|tcp://[^\\s/@]+:[0-9]{1,5}");
    private static final Pattern PLATFORM = Pattern.compile("[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?");
    private static final int DEFAULT_SLOTS = 2;

    public BuilderConfig {
        trust = Set.copyOf(trust);
        platforms = List.copyOf(platforms);
    }

    static BuilderConfig read(Section section) {
        section.require("trust", "a list of fork, branch, protected");
        List<TrustClass> trust = section.elements(
                "trust",
                Forms.oneOf(TrustClass.class),
                text -> Forms.parseWord(TrustClass.class, text),
                List.of(TrustClass.BRANCH));
        URI endpoint = section.requiredParsed(
                "endpoint", ENDPOINT_FORM, BuilderConfig::endpoint, URI.create("tcp://invalid:1"));
        return new BuilderConfig(
                section.requiredParsed("name", Forms.NAME, Forms::name, "unnamed"),
                section.word("kind", Kind.class, "unix".equals(endpoint.getScheme()) ? Kind.ENGINE : Kind.BUILDKIT),
                endpoint,
                section.optional("tls", "a path", Path::of).orElse(null),
                trust.isEmpty() ? EnumSet.noneOf(TrustClass.class) : EnumSet.copyOf(trust),
                section.elements(
                        "platforms",
                        "a platform such as linux/amd64",
                        text -> Forms.matching(PLATFORM, text),
                        List.of()),
                section.number("slots", DEFAULT_SLOTS, 1, 200));
    }

    /** The engine of the environment, for branches, with two slots. */
    static BuilderConfig ofEnvironment(Map<String, String> environment) {
        String host = environment.getOrDefault("DOCKER_HOST", "");
        String endpoint = ENDPOINT.matcher(host).matches() ? host : DEFAULT_ENGINE;
        return new BuilderConfig(
                "engine", Kind.ENGINE, URI.create(endpoint), null, Set.of(TrustClass.BRANCH), List.of(), DEFAULT_SLOTS);
    }

    static URI endpoint(String text) {
        return URI.create(Forms.matching(ENDPOINT, text));
    }
}
