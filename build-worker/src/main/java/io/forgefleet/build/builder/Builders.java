package io.forgefleet.build.builder;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.runtime.config.BuilderConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The configured builders, and which of them may build what. Thread-safe. */
public final class Builders implements AutoCloseable {

    /**
     * Who builds.
     *
     * @param clean whether its build state is of this trust class only; where it is not, no step may be taken from it
     */
    public record Choice(Builder builder, boolean clean) {}

    private final List<Builder> builders;

    /**
     * Connects to none of them yet.
     *
     * @param scratch a folder for images on their way
     * @param environment of this process, for the docker command
     */
    public Builders(
            List<BuilderConfig> configs, DockerCredentials credentials, Path scratch, Map<String, String> environment) {
        boolean alone = configs.size() == 1;
        this.builders = configs.stream()
                .map(config -> switch (config.kind()) {
                    case ENGINE -> new EngineBuilder(config, alone, scratch, credentials, environment);
                    case BUILDKIT -> new BuildKitBuilder(config, alone, scratch, environment);
                })
                .toList();
    }

    /** How many builds they run at once. */
    public int slots() {
        return builders.stream().mapToInt(builder -> builder.config().slots()).sum();
    }

    /** What keeps all of them from building, for people; empty when one answers. */
    public String missing() throws InterruptedException {
        for (Builder builder : builders) {
            if (builder.answers()) {
                return "";
            }
        }
        return "no builder answers: "
                + String.join(
                        ", ",
                        builders.stream()
                                .map(builder -> builder.config().endpoint().toString())
                                .toList());
    }

    /**
     * The builder for a trust class: one of its own, else one that it shares. Code of strangers never shares; protected
     * code may, and uses nothing that is in its state then. Those that are out of order come last.
     *
     * @param platforms that it has to build for; empty for any
     */
    public Optional<Choice> choose(TrustClass trust, Set<String> platforms) throws InterruptedException {
        List<Choice> candidates = builders.stream()
                .filter(builder -> builder.config().platforms().isEmpty()
                        || builder.config().platforms().containsAll(platforms))
                .flatMap(builder -> candidate(builder, trust).stream())
                .sorted(Comparator.<Choice, Boolean>comparing(
                                choice -> !choice.builder().fit())
                        .thenComparing(
                                choice -> !choice.builder().config().trust().equals(Set.of(trust)))
                        .thenComparing(choice -> -choice.builder().free()))
                .toList();
        for (Choice choice : candidates) {
            if (choice.builder().answers()) {
                return Optional.of(choice);
            }
        }
        return candidates.stream().findFirst(); // which is waited for
    }

    private static Optional<Choice> candidate(Builder builder, TrustClass trust) {
        Set<TrustClass> classes = builder.config().trust();
        if (classes.equals(Set.of(trust))) {
            return Optional.of(new Choice(builder, true));
        }
        boolean shares = trust != TrustClass.FORK
                && !classes.contains(TrustClass.FORK)
                && (classes.contains(trust) || trust == TrustClass.PROTECTED);
        return shares ? Optional.of(new Choice(builder, trust != TrustClass.PROTECTED)) : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        for (Builder builder : builders) {
            builder.close();
        }
    }
}
