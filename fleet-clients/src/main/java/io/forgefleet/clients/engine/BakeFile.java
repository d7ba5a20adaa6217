package io.forgefleet.clients.engine;

import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A build as the definition that {@code docker buildx bake} reads (Docker's "Bake file reference"), in JSON. Secrets are
 * in it by the names of the environment variables that hold them.
 */
final class BakeFile {

    private BakeFile() {}

    static void write(Path file, BuildRequest request) throws IOException {
        Map<String, Object> targets = new LinkedHashMap<>();
        for (BuildTarget target : request.targets()) {
            targets.put(target.name(), target(request, target));
        }
        Files.write(file, Json.write(Map.of("target", targets)));
    }

    /** The variables that {@link #write} names, with their values. */
    static Map<String, String> secrets(BuildRequest request) {
        Map<String, String> variables = new TreeMap<>();
        for (BuildTarget target : request.targets()) {
            List<String> ids = secretIds(target);
            for (int i = 0; i < ids.size(); i++) {
                variables.put(variable(request, target, i), target.secrets().getOrDefault(ids.get(i), ""));
            }
        }
        return variables;
    }

    private static Map<String, Object> target(BuildRequest request, BuildTarget target) {
        Map<String, Object> made = new LinkedHashMap<>();
        made.put("context", escaped(target.context().toString()));
        made.put("dockerfile", escaped(target.dockerfile().toString()));
        Map<String, String> arguments = new TreeMap<>(target.buildArgs());
        arguments.put("SOURCE_DATE_EPOCH", Long.toString(target.sourceDate().getEpochSecond()));
        made.put("args", escaped(arguments));
        made.put("labels", escaped(target.labels()));
        made.put("contexts", escaped(target.buildContexts()));
        made.put(
                "cache-from",
                escaped(target.cacheFrom().stream().map(BakeFile::cacheFrom).toList()));
        made.put(
                "cache-to",
                escaped(target.cacheTo().stream().map(BakeFile::cacheTo).toList()));
        List<String> secrets = new ArrayList<>();
        List<String> ids = secretIds(target);
        for (int i = 0; i < ids.size(); i++) {
            secrets.add(csv(List.of("id=" + ids.get(i), "env=" + variable(request, target, i))));
        }
        made.put("secret", escaped(secrets));
        made.put("platforms", target.platforms());
        if (target.stage() != null) {
            made.put("target", target.stage());
        }
        made.put("no-cache", request.noCache());
        made.put("output", List.of(escaped(output(request, target))));
        return made;
    }

    private static String output(BuildRequest request, BuildTarget target) {
        List<String> fields = new ArrayList<>();
        switch (request.product()) {
            case CACHES -> {
                return "type=cacheonly";
            }
            case PUSHED_BY_DIGEST ->
                fields.addAll(List.of(
                        "type=image",
                        "name=" + repository(target.image()),
                        "push-by-digest=true",
                        "push=true",
                        "store=false"));
            case LAYOUTS ->
                fields.addAll(List.of(
                        "type=oci",
                        "tar=false",
                        "dest=" + Objects.requireNonNull(request.layouts()).resolve(target.name())));
        }
        fields.add("oci-mediatypes=true");
        new TreeMap<>(target.annotations()).forEach((key, value) -> {
            fields.add("annotation." + key + "=" + value);
            if (target.platforms().size() > 1) {
                fields.add("annotation-index." + key + "=" + value);
            }
        });
        return csv(fields);
    }

    private static String repository(String image) {
        int colon = image.lastIndexOf(':');
        return colon > image.lastIndexOf('/') ? image.substring(0, colon) : image;
    }

    private static String cacheFrom(String reference) {
        return csv(List.of("type=registry", "ref=" + reference));
    }

    private static String cacheTo(String reference) {
        return csv(List.of(
                "type=registry",
                "ref=" + reference,
                "mode=max",
                "image-manifest=true",
                "oci-mediatypes=true",
                "ignore-error=true"));
    }

    private static List<String> secretIds(BuildTarget target) {
        return target.secrets().keySet().stream().sorted().toList();
    }

    private static String variable(BuildRequest request, BuildTarget target, int index) {
        return "FORGEFLEET_SECRET_" + request.targets().indexOf(target) + "_" + index;
    }

    /** One record of comma separated values: names of branches and such may hold commas and quotes. */
    private static String csv(List<String> fields) {
        return String.join(
                ",",
                fields.stream()
                        .map(field ->
                                field.matches("[^,\"\\r\\n]*") ? field : "\"" + field.replace("\"", "\"\"") + "\"")
                        .toList());
    }

    /** Bake takes {@code ${…}} and {@code %{…}} in any value for a template. */
    private static String escaped(String value) {
        return value.replace("${", "$${").replace("%{", "%%{");
    }

    private static List<String> escaped(List<String> values) {
        return values.stream().map(BakeFile::escaped).toList();
    }

    private static Map<String, String> escaped(Map<String, String> values) {
        Map<String, String> escaped = new TreeMap<>();
        values.forEach((key, value) -> escaped.put(key, escaped(value)));
        return escaped;
    }
}
