package io.forgefleet.events.repofile;

import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Finds where in a YAML text something stands. Reads the text once more, so only when there is something to tell. */
public final class YamlPlaces {

    private final Optional<Node> root;

    private YamlPlaces(Optional<Node> root) {
        this.root = root;
    }

    /** Of a text that is YAML; of one that is not, no place is known. */
    public static YamlPlaces of(String text) {
        try {
            return new YamlPlaces(
                    Optional.ofNullable(new Yaml(new LoaderOptions()).compose(new java.io.StringReader(text))));
        } catch (YAMLException e) {
            return new YamlPlaces(Optional.empty());
        }
    }

    /**
     * Where the value of a JSON pointer stands; of one that is not there, what is nearest around it.
     *
     * @return {@code line 3, column 5}, both from 1; empty where nothing is known
     */
    public String of(List<String> pointer) {
        if (root.isEmpty()) {
            return "";
        }
        Node node = root.get();
        Mark mark = node.getStartMark();
        for (String key : pointer) {
            Optional<NodeTuple> member = node instanceof MappingNode mapping ? member(mapping, key) : Optional.empty();
            if (member.isPresent()) {
                mark = member.get().getKeyNode().getStartMark();
                node = member.get().getValueNode();
            } else if (node instanceof SequenceNode sequence && key.matches("[0-9]{1,6}")) {
                int index = Integer.parseInt(key);
                if (index >= sequence.getValue().size()) {
                    break;
                }
                node = sequence.getValue().get(index);
                mark = node.getStartMark();
            } else {
                break;
            }
        }
        return "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
    }

    private static Optional<NodeTuple> member(MappingNode mapping, String key) {
        return mapping.getValue().stream()
                .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals(key))
                .findFirst();
    }
}
