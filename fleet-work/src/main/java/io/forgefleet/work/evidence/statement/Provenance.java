package io.forgefleet.work.evidence.statement;

import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How something was made, as the predicate of SLSA provenance 1 (slsa.dev/spec/v1.0/provenance).
 *
 * @param builder who made it: the fleet
 * @param buildType what the parameters mean
 * @param source where the commit is from
 * @param ref of the source, in full: {@code refs/tags/v1.2.0}
 * @param commit in full
 * @param eventId of the event that asked for it
 * @param parameters what else decided about the outcome, by name; no secret
 * @param dependencies what went into it beside the source: base images, pinned containers
 * @param invocationId of the run
 */
public record Provenance(
        URI builder,
        URI buildType,
        URI source,
        String ref,
        String commit,
        String eventId,
        Map<String, String> parameters,
        List<Dependency> dependencies,
        String invocationId,
        Instant started,
        Instant finished) {

    /**
     * Something that went into it.
     *
     * @param uri {@code docker://registry.example/python@…}, {@code pkg:…}
     */
    public record Dependency(URI uri, Digest digest) {

        /** An image, referred to by its digest: {@code registry.example/python:3.13@sha256:…}. */
        public static Dependency ofImage(String reference) {
            return new Dependency(
                    URI.create("docker://" + reference), new Digest(reference.substring(reference.indexOf('@') + 1)));
        }
    }

    public Provenance {
        parameters = Map.copyOf(parameters);
        dependencies = List.copyOf(dependencies);
    }

    /** The predicate, as JSON. The same provenance gives the same bytes. */
    public byte[] predicate() {
        Map<String, Object> external = new LinkedHashMap<>();
        external.put("source", Map.of("uri", source.toString()));
        external.put("ref", ref);
        external.put("parameters", new TreeMap<>(parameters));
        List<Object> resolved = new ArrayList<>();
        resolved.add(resolved(source + "@" + ref, "gitCommit", commit));
        dependencies.forEach(each -> resolved.add(
                resolved(each.uri().toString(), "sha256", each.digest().value().substring("sha256:".length()))));
        Map<String, Object> definition = new LinkedHashMap<>();
        definition.put("buildType", buildType.toString());
        definition.put("externalParameters", external);
        definition.put("internalParameters", Map.of("eventId", eventId));
        definition.put("resolvedDependencies", resolved);
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("invocationId", invocationId);
        metadata.put("startedOn", started.truncatedTo(ChronoUnit.SECONDS).toString());
        metadata.put("finishedOn", finished.truncatedTo(ChronoUnit.SECONDS).toString());
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("builder", Map.of("id", builder.toString()));
        details.put("metadata", metadata);
        Map<String, Object> predicate = new LinkedHashMap<>();
        predicate.put("buildDefinition", definition);
        predicate.put("runDetails", details);
        return Json.write(predicate);
    }

    private static Map<String, Object> resolved(String uri, String algorithm, String digest) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("uri", uri);
        descriptor.put("digest", Map.of(algorithm, digest));
        return descriptor;
    }
}
