package io.forgefleet.gateway.pin;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Finds the scalars by which a document names images. Actions (GitHub, Gitea, Forgejo): {@code jobs.*.container[.image]},
 * {@code jobs.*.services.*.image}, {@code uses: docker://…} of steps, {@code runs.image} of an action. GitLab CI:
 * {@code image[.name]} and {@code services[*][.name]} of the document, of {@code default} and of jobs, hidden ones included.
 */
final class ImageScalars {

    /** Before the image in {@code uses}. */
    static final String DOCKER = "docker://";

    private static final Pattern GITLAB_FILE = Pattern.compile("(.*/)?\\.gitlab(-ci)?(/.*|[^/]*\\.ya?ml)");
    private static final Pattern ACTIONS_FILE = Pattern.compile("(.*/)?\\.(github|gitea|forgejo)/.*");

    /** Keys at the top of a GitLab file that are no jobs. */
    private static final Set<String> NO_JOBS = Set.of(
            "after_script",
            "before_script",
            "cache",
            "image",
            "include",
            "inputs",
            "services",
            "spec",
            "stages",
            "types",
            "variables",
            "workflow");

    /** How often merges and aliases may lead on. */
    private static final int MOST_MERGES = 20;

    private final SequencedSet<ScalarNode> found = new LinkedHashSet<>();

    private ImageScalars() {}

    /** In a document of a file; each scalar once, however many aliases it has. */
    static SequencedSet<ScalarNode> of(String path, Node document) {
        ImageScalars scalars = new ImageScalars();
        if (isGitLab(path, document)) {
            scalars.gitlab(document);
        } else {
            scalars.actions(document);
        }
        return scalars.found;
    }

    private static boolean isGitLab(String path, Node document) {
        if (GITLAB_FILE.matcher(path).matches()) {
            return true;
        }
        boolean actions = ACTIONS_FILE.matcher(path).matches()
                || value(document, "jobs").isPresent()
                || value(document, "runs").isPresent();
        return !actions;
    }

    private void actions(Node document) {
        for (NodeTuple job : entries(value(document, "jobs"))) {
            Node body = job.getValueNode();
            value(body, "container").ifPresent(container -> image(container, "image"));
            for (NodeTuple service : entries(value(body, "services"))) {
                value(service.getValueNode(), "image").ifPresent(this::add);
            }
            steps(body);
        }
        value(document, "runs").ifPresent(runs -> {
            value(runs, "image").ifPresent(this::addDocker);
            steps(runs);
        });
    }

    private void steps(Node body) {
        for (Node step : items(value(body, "steps"))) {
            value(step, "uses").ifPresent(this::addDocker);
        }
    }

    private void gitlab(Node document) {
        job(document);
        for (NodeTuple entry : entries(Optional.of(document))) {
            if (entry.getKeyNode() instanceof ScalarNode key && !NO_JOBS.contains(key.getValue())) {
                job(entry.getValueNode());
            }
        }
    }

    private void job(Node body) {
        value(body, "image").ifPresent(image -> image(image, "name"));
        for (Node service : items(value(body, "services"))) {
            image(service, "name");
        }
    }

    private void image(Node node, String key) {
        add(node);
        value(node, key).ifPresent(this::add);
    }

    private void add(Node node) {
        if (node instanceof ScalarNode scalar) {
            found.add(scalar);
        }
    }

    private void addDocker(Node node) {
        if (node instanceof ScalarNode scalar && scalar.getValue().startsWith(DOCKER)) {
            found.add(scalar);
        }
    }

    private static List<NodeTuple> entries(Optional<Node> node) {
        return node.orElse(null) instanceof MappingNode mapping ? mapping.getValue() : List.of();
    }

    private static List<Node> items(Optional<Node> node) {
        return node.orElse(null) instanceof SequenceNode sequence ? sequence.getValue() : List.of();
    }

    /** A value by its key, also one that is merged in by {@code <<}. */
    private static Optional<Node> value(Node node, String key) {
        return value(node, key, MOST_MERGES);
    }

    private static Optional<Node> value(Node node, String key, int merges) {
        Optional<Node> merged = Optional.empty();
        for (NodeTuple entry : entries(Optional.of(node))) {
            if (!(entry.getKeyNode() instanceof ScalarNode name)) {
                continue;
            }
            if (name.getValue().equals(key)) {
                return Optional.of(entry.getValueNode());
            }
            if (name.getValue().equals("<<") && merges > 0 && merged.isEmpty()) {
                merged = merged(entry.getValueNode(), key, merges - 1);
            }
        }
        return merged;
    }

    private static Optional<Node> merged(Node node, String key, int merges) {
        if (!(node instanceof SequenceNode several)) {
            return value(node, key, merges);
        }
        return several.getValue().stream()
                .limit(MOST_MERGES)
                .flatMap(each -> value(each, key, merges).stream())
                .findFirst();
    }
}
