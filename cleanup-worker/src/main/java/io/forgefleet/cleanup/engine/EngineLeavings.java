package io.forgefleet.cleanup.engine;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Image;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.engine.container.Containers;
import io.forgefleet.work.sandbox.Sandbox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Sandboxes and images on a Docker engine that carry the fleet's label with the id of a run that is over. Nothing of
 * anybody else is touched: an image {@code FROM} one of ours has inherited the label, so its names have to be ours as well,
 * every one of them, and one that a container uses stays. Thread-safe.
 */
public final class EngineLeavings {

    /** The label, whose value is the id of a run. */
    static final String RUN = "io.forgefleet.run";

    private static final String NO_NAME = "<none>:<none>";

    /** What went, for people: ids of containers, names of images. */
    public record Swept(List<String> containers, List<String> images) {

        public Swept {
            containers = List.copyOf(containers);
            images = List.copyOf(images);
        }
    }

    private final Engine engine;
    private final List<String> ours;

    /**
     * @param addresses of the fleet's registries, as image names begin with them: {@code registry.example/team}
     */
    public EngineLeavings(Engine engine, List<String> addresses) {
        this.engine = engine;
        this.ours = addresses.stream().map(address -> address + "/").toList();
    }

    /**
     * Removes what is left of runs that are over.
     *
     * @param live whether the run of an id goes on, or may
     * @throws ClientException where the engine fails; what went until then is gone
     */
    public Swept sweep(Predicate<String> live) throws ClientException, InterruptedException {
        List<String> containers = new ArrayList<>();
        Containers all = new Containers(engine);
        // the label of a run comes to a container from its image too, whoever started it; the sandbox's does not
        for (Containers.Found found : all.labelled(Sandbox.LABEL)) {
            if (isOver(found.labels(), live)) {
                all.remove(found.id());
                containers.add(found.id());
            }
        }
        List<String> images = new ArrayList<>();
        for (Image image : labelled()) {
            if (isOver(Objects.requireNonNullElse(image.getLabels(), Map.of()), live)) {
                images.addAll(removed(image));
            }
        }
        return new Swept(containers, images);
    }

    private static boolean isOver(Map<String, String> labels, Predicate<String> live) {
        String run = labels.getOrDefault(RUN, "");
        return !run.isEmpty() && !live.test(run);
    }

    private List<Image> labelled() throws ClientException, InterruptedException {
        return Objects.requireNonNull(engine.call(
                "list the images labelled " + RUN,
                client -> client.listImagesCmd().withLabelFilter(RUN).exec()));
    }

    /** Names that went: none where one of them is not ours. An image without any name is nobody's, and goes by its id. */
    private List<String> removed(Image image) throws ClientException, InterruptedException {
        List<String> tags = image.getRepoTags() == null
                ? List.of()
                : Arrays.stream(image.getRepoTags())
                        .filter(tag -> !tag.equals(NO_NAME))
                        .toList();
        if (!tags.stream().allMatch(this::isOurs)) {
            return List.of();
        }
        List<String> gone = new ArrayList<>();
        for (String name : tags.isEmpty() ? List.of(image.getId()) : tags) {
            if (remove(name)) {
                gone.add(name);
            }
        }
        return gone;
    }

    private boolean isOurs(String name) {
        return ours.stream().anyMatch(name::startsWith);
    }

    /** False where somebody uses it. */
    private boolean remove(String name) throws ClientException, InterruptedException {
        return Objects.requireNonNull(engine.call("remove image " + name, client -> {
            try {
                client.removeImageCmd(name).exec();
                return true;
            } catch (NotFoundException | ConflictException e) {
                return false;
            }
        }));
    }
}
