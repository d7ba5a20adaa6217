package io.forgefleet.work.template;

import io.forgefleet.events.Glob;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.TemplateSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that makes a template database what it is; the same on whatever branch and worker. Immutable.
 *
 * <p>Files count by path and by the id that git gives to their content. That is a hash of the bytes; git refuses to store what was made
 * to collide, and who could forge such an id could as well forge the id of the commit that the fleet was asked to work on.
 *
 * @param version of the server; empty for SQLite
 * @param files ids of their content by path; at least one
 * @param image that the command runs in
 * @param trust class of the code that runs: a command may import what no key names, so no class reads what a lower one wrote
 */
public record TemplateKey(
        TemplateSpec.Engine engine,
        String version,
        SortedMap<String, String> files,
        String command,
        Digest image,
        List<String> extensions,
        SortedMap<String, String> environment,
        boolean network,
        TrustClass trust) {

    /** Another way to hash, or another way to make the same from the same parts, gets another one. */
    private static final String FORM = "forgefleet template 1";

    /** A part as people read it. */
    public record Part(String name, String value) {}

    /**
     * What differs between two keys.
     *
     * @param before null where only the newer one has it
     * @param after null where only the older one has it
     */
    public record Difference(
            String part, @Nullable String before, @Nullable String after) {}

    public TemplateKey {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
        extensions = extensions.stream().sorted().toList();
    }

    /**
     * The key of a declared template.
     *
     * @param tree ids of their content by path, of all files of the commit or of those that matter
     * @throws TemplateException when a pattern matches no file: what it was to name would never change the key
     */
    public static TemplateKey of(TemplateSpec spec, SortedMap<String, String> tree, Digest image, TrustClass trust)
            throws TemplateException {
        SortedMap<String, String> files = new TreeMap<>();
        List<String> idle = new ArrayList<>();
        for (Glob glob : spec.key()) {
            boolean matches = false;
            for (Map.Entry<String, String> file : tree.entrySet()) {
                if (glob.matches(file.getKey())) {
                    files.put(file.getKey(), file.getValue());
                    matches = true;
                }
            }
            if (!matches) {
                idle.add("'" + glob + "'");
            }
        }
        if (!idle.isEmpty()) {
            throw new TemplateException(spec.name() + ": no file of this commit is matched by "
                    + String.join(", ", idle) + " of its key: mend the pattern, or take it out");
        }
        return new TemplateKey(
                spec.engine(),
                spec.version(),
                files,
                spec.command(),
                image,
                spec.extensions(),
                new TreeMap<>(spec.environment()),
                spec.network(),
                trust);
    }

    /** The same as a build of another class would have it. */
    public TemplateKey by(TrustClass other) {
        return new TemplateKey(engine, version, files, command, image, extensions, environment, network, other);
    }

    /** SHA-256 of all parts, 64 lower-case hexadecimal digits. */
    public String hash() {
        return hash(parts());
    }

    /** The hash of the files alone. */
    public String filesHash() {
        return hash(
                parts().stream().filter(part -> part.name().startsWith("file ")).toList());
    }

    /** Lengths go before values, so that no two lists of parts are one text. */
    public static String hash(List<Part> parts) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            add(hash, FORM);
            for (Part part : parts) {
                add(hash, part.name());
                add(hash, part.value());
            }
            return HexFormat.of().formatHex(hash.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void add(MessageDigest hash, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        hash.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        hash.update(bytes);
    }

    /** All that goes into the hash, in the order in which it does. */
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("engine", word(engine)));
        parts.add(new Part("version", version));
        parts.add(new Part("image", image.value()));
        parts.add(new Part("command", command));
        parts.add(new Part("network", Boolean.toString(network)));
        parts.add(new Part("trust", word(trust)));
        extensions.forEach(extension -> parts.add(new Part("extension " + extension, "declared")));
        environment.forEach((name, value) -> parts.add(new Part("environment " + name, value)));
        files.forEach((path, id) -> parts.add(new Part("file " + path, id)));
        return List.copyOf(parts);
    }

    /** What another key, a newer one, has otherwise; none where they are the same. */
    public List<Difference> differences(TemplateKey newer) {
        Map<String, String> before = byName();
        Map<String, String> after = newer.byName();
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String name : names) {
            String was = before.get(name);
            String is = after.get(name);
            if (was == null || !was.equals(is)) {
                differences.add(new Difference(name, was, is));
            }
        }
        return differences;
    }

    private Map<String, String> byName() {
        Map<String, String> values = new LinkedHashMap<>();
        parts().forEach(part -> values.put(part.name(), part.value()));
        return values;
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
