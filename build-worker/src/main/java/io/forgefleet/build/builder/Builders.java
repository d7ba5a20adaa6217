package io.forgefleet.build.builder;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.runtime.config.BuilderConfig;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

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
     * @param environment of this process, for the docker command
     */
    public Builders(List<BuilderConfig> configs, DockerCredentials credentials, Map<String, String> environment) {
        this.builders = configs.stream()
                .map(config -> new Builder(config, configs.size() == 1, credentials, environment))
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
     * code may, and uses nothing that is in its state then.
     */
    public Optional<Choice> choose(TrustClass trust) {
        Optional<Builder> own = freest(classes -> classes.equals(Set.of(trust)));
        if (own.isPresent() || trust == TrustClass.FORK) {
            return own.map(builder -> new Choice(builder, true));
        }
        Optional<Builder> shared = freest(classes ->
                !classes.contains(TrustClass.FORK) && (classes.contains(trust) || trust == TrustClass.PROTECTED));
        return shared.map(builder -> new Choice(builder, trust != TrustClass.PROTECTED));
    }

    private Optional<Builder> freest(Predicate<Set<TrustClass>> fits) {
        return builders.stream()
                .filter(builder -> fits.test(builder.config().trust()))
                .max(Comparator.comparingInt(Builder::free));
    }

    @Override
    public void close() throws IOException {
        for (Builder builder : builders) {
            builder.close();
        }
    }
}
