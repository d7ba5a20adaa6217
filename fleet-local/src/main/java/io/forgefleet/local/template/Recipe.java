package io.forgefleet.local.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.CiImageSpec;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.repofile.RepositoryFileParser;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.work.template.TemplateException;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateKey.Difference;
import io.forgefleet.work.template.TemplateKey.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All that a clone can say about the key of a template at a commit: everything but the digest of the image that the command runs in,
 * which the fleet builds or resolves, and the class of the build. In their place it has what the image is made from. Two commits with
 * equal parts need the same database.
 */
record Recipe(CommitId commit, TemplateSpec spec, List<Part> parts) {

    /** Not part of any recipe, but part of every key. */
    private static final Digest NO_IMAGE = new Digest("sha256:" + "0".repeat(64));

    /** Parts of a key that only the fleet knows. */
    static final Set<String> FLEETS_OWN = Set.of("image", "trust");

    Recipe {
        parts = List.copyOf(parts);
    }

    /**
     * Reads it as a commit has it.
     *
     * @param name of the template; empty for the only one
     */
    static Recipe of(LocalClone clone, CommitId commit, String name)
            throws CommandFailure, ClientException, InterruptedException {
        RepositoryFile declared = declared(clone, commit);
        TemplateSpec spec = named(declared, name, commit);
        SortedMap<String, String> tree = clone.files(commit, path -> true);
        try {
            List<Part> parts = new ArrayList<>(TemplateKey.of(spec, tree, NO_IMAGE, TrustClass.BRANCH).parts().stream()
                    .filter(part -> !FLEETS_OWN.contains(part.name()))
                    .toList());
            parts.add(new Part("runs in", spec.image()));
            for (CiImageSpec image : declared.ciImages()) {
                if (image.name().equals(spec.image())) {
                    parts.addAll(inputs(image, tree));
                }
            }
            return new Recipe(commit, spec, parts);
        } catch (TemplateException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), "", e);
        }
    }

    private static RepositoryFile declared(LocalClone clone, CommitId commit)
            throws CommandFailure, ClientException, InterruptedException {
        Optional<String> text = clone.file(commit, RepositoryFile.PATH);
        if (text.isEmpty()) {
            throw new CommandFailure(
                    "commit " + sha7(commit) + " has no " + RepositoryFile.PATH,
                    "declare templateDatabases there, and commit it: docs/template-databases.md");
        }
        try {
            return RepositoryFileParser.parse(text.get());
        } catch (RepositoryFileException e) {
            throw new CommandFailure(
                    RepositoryFile.PATH + " of commit " + sha7(commit) + " is not valid: "
                            + String.join("; ", e.errors()),
                    "./fleet config validate shows all errors of a file",
                    e);
        }
    }

    private static TemplateSpec named(RepositoryFile declared, String name, CommitId commit) throws CommandFailure {
        List<TemplateSpec> all = declared.templateDatabases();
        List<TemplateSpec> fitting = all.stream()
                .filter(each -> name.isEmpty() || each.name().equals(name))
                .toList();
        if (fitting.size() == 1) {
            return fitting.getFirst();
        }
        String names =
                all.isEmpty() ? "none" : all.stream().map(TemplateSpec::name).collect(Collectors.joining(", "));
        throw new CommandFailure(
                "commit " + sha7(commit) + " declares "
                        + (name.isEmpty() ? all.size() + " template databases" : "no template database " + name),
                "its " + RepositoryFile.PATH + " has: " + names);
    }

    /** As {@code deps-…} tags count them, without what {@code fleet.yml} puts in the place of base images. */
    private static List<Part> inputs(CiImageSpec image, SortedMap<String, String> tree) {
        ImageSpec built = image.image();
        String of = "of " + image.name() + ": ";
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(of + "Dockerfile", built.dockerfile()));
        parts.add(new Part(of + "context", built.context()));
        parts.add(new Part(of + "target", built.target() == null ? "" : built.target()));
        new TreeMap<>(built.args()).forEach((name, value) -> parts.add(new Part(of + "argument " + name, value)));
        parts.add(new Part(of + "platforms", built.platforms().stream().sorted().collect(Collectors.joining(" "))));
        parts.add(new Part(of + "secrets", built.secrets().stream().sorted().collect(Collectors.joining(" "))));
        tree.forEach((path, id) -> {
            if (image.rebuildOn().stream().anyMatch(glob -> glob.matches(path))) {
                parts.add(new Part(of + "file " + path, id));
            }
        });
        return parts;
    }

    /** Names what is needed: the same for equal parts and nothing else. */
    String hash() {
        return TemplateKey.hash(parts);
    }

    boolean needsTheSameAs(Recipe other) {
        return parts.equals(other.parts) && spec.name().equals(other.spec.name());
    }

    /** Whether a key is of what the clone has. */
    boolean fits(TemplateKey key) {
        return ofClone(key.parts()).equals(ofClone(parts));
    }

    private static List<Part> ofClone(List<Part> parts) {
        return parts.stream()
                .filter(part -> !FLEETS_OWN.contains(part.name())
                        && !part.name().equals("runs in")
                        && !part.name().startsWith("of "))
                .toList();
    }

    /** What another one, a newer one, has otherwise. */
    List<Difference> differences(Recipe newer) {
        Map<String, String> before = byName();
        Map<String, String> after = newer.byName();
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        return names.stream()
                .map(name -> new Difference(name, before.get(name), after.get(name)))
                .filter(each -> each.before() == null || !each.before().equals(each.after()))
                .toList();
    }

    private Map<String, String> byName() {
        Map<String, String> values = new LinkedHashMap<>();
        parts.forEach(part -> values.put(part.name(), part.value()));
        return values;
    }

    static String sha7(CommitId commit) {
        return commit.value().substring(0, 7);
    }
}
