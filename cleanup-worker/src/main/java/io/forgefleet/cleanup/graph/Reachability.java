package io.forgefleet.cleanup.graph;

import io.forgefleet.events.image.Digest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** What is kept, since something that is kept cannot be without it, and by which chain. Immutable. */
public final class Reachability {

    /**
     * @param through what it hangs on; null for a root
     * @param word the root's own reason, or what it is to what it hangs on
     */
    private record Link(@Nullable Digest through, String word) {}

    private final RegistryGraph graph;
    private final Map<Digest, Link> links = new HashMap<>();

    private Reachability(RegistryGraph graph) {
        this.graph = graph;
    }

    /**
     * Walks from what is kept to all that it needs.
     *
     * @param roots what is kept for a reason of its own, with it
     */
    public static Reachability from(RegistryGraph graph, Map<Digest, String> roots) {
        Reachability reached = new Reachability(graph);
        Queue<Digest> next = new ArrayDeque<>();
        roots.forEach((digest, reason) -> {
            if (graph.holds(digest)) {
                reached.links.put(digest, new Link(null, reason));
                next.add(digest);
            }
        });
        for (Digest at = next.poll(); at != null; at = next.poll()) {
            Digest here = at;
            graph.from(here).forEach(step -> {
                if (reached.links.putIfAbsent(step.to(), new Link(here, step.how())) == null) {
                    next.add(step.to());
                }
            });
        }
        return reached;
    }

    public boolean keeps(Digest digest) {
        return links.containsKey(digest);
    }

    /** The chain that keeps it, from itself to the root's reason; empty when nothing does. */
    public List<String> chain(Digest digest) {
        List<String> chain = new ArrayList<>();
        Link link = links.get(digest);
        while (link != null) {
            if (link.through() == null) {
                chain.add(link.word());
                return chain;
            }
            chain.add(link.word() + " " + name(link.through()));
            link = links.get(link.through());
        }
        return chain;
    }

    private String name(Digest digest) {
        List<String> tags = graph.tagsOf(digest);
        String brief = digest.value().substring(0, 19);
        return tags.isEmpty() ? brief : tags.getFirst() + " (" + brief + ")";
    }
}
