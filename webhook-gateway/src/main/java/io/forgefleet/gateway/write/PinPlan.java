package io.forgefleet.gateway.write;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.StoredFile;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.repofile.CiImageSpec;
import io.forgefleet.gateway.pin.MalformedWorkflowException;
import io.forgefleet.gateway.pin.PinEdit;
import io.forgefleet.gateway.pin.PinPlace;
import io.forgefleet.gateway.pin.Pins;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be changed to pin an image.
 *
 * @param files new content of those that change, by path
 * @param pinned places that name the image, {@code path:line}
 * @param left places and files that were left as they are, each with why
 * @param inputs one of the files that would change and is an input of the image; empty where none is
 */
record PinPlan(Map<String, byte[]> files, List<String> pinned, List<String> left, Optional<String> inputs) {

    /** More are not looked at: each costs a request. */
    static final int MOST_FILES = 100;

    /** Reads the files that the image is to be pinned in, and edits them. */
    static PinPlan of(Forge forge, RepositoryId repository, FileTree tree, CiImageSpec spec, PushedImage image)
            throws ClientException, InterruptedException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        List<String> pinned = new ArrayList<>();
        List<String> left = new ArrayList<>();
        List<String> paths = tree.paths().stream()
                .filter(path -> spec.pinIn().stream().anyMatch(glob -> glob.matches(path)))
                .toList();
        for (String path : paths.subList(0, Math.min(MOST_FILES, paths.size()))) {
            Optional<StoredFile> file = forge.file(repository, tree.commit(), path);
            if (file.isEmpty()) {
                continue;
            }
            try {
                String text = Pins.decode(path, file.get().content());
                PinEdit edit = Pins.edit(path, text, image.repository(), image.digest(), image.tag());
                edit.pinned().forEach(place -> pinned.add(place.path() + ":" + place.line()));
                edit.left().forEach(place -> left.add(told(place)));
                if (!edit.text().equals(text)) {
                    files.put(path, edit.text().getBytes(StandardCharsets.UTF_8));
                }
            } catch (MalformedWorkflowException e) {
                left.add(String.valueOf(e.getMessage()));
            }
        }
        if (paths.size() > MOST_FILES) {
            left.add((paths.size() - MOST_FILES) + " more files match pinIn, and " + MOST_FILES
                    + " are looked at: name fewer");
        }
        Optional<String> input = files.keySet().stream()
                .filter(path -> spec.rebuildOn().stream().anyMatch(glob -> glob.matches(path)))
                .findFirst();
        return new PinPlan(files, List.copyOf(pinned), List.copyOf(left), input);
    }

    private static String told(PinPlace place) {
        return place.path() + ":" + place.line() + ":" + place.column() + ": " + place.value()
                + " is left as it is: it has expressions, or is written in a way that is not edited";
    }

    /** Why nothing is proposed, for people. */
    String nothingToDo() {
        String what = pinned.isEmpty()
                ? "nothing to pin: no file of pinIn names the image"
                : "pinned already in " + String.join(", ", pinned);
        return what + leftInShort();
    }

    String leftInShort() {
        return left.isEmpty() ? "" : "; left alone: " + left.size() + ", see the log";
    }

    /** Body of the pull request, Markdown. */
    String body(PushedImage image, String run, String branch) {
        StringBuilder body = new StringBuilder();
        body.append("`")
                .append(image.repository())
                .append("` is now `")
                .append(image.tag())
                .append("`:\n\n```\n");
        body.append(image.repository()).append('@').append(image.digest()).append("\n```\n\n");
        body.append("Pinned in ").append(String.join(", ", pinned)).append(".\n");
        if (!left.isEmpty()) {
            body.append("\nLeft as they are:\n\n");
            left.forEach(
                    each -> body.append("- ").append(each.replace('\n', ' ')).append('\n'));
        }
        body.append("\nMade by [this run](")
                .append(run)
                .append("). The branch `")
                .append(branch);
        body.append("` is rewritten when the image changes again; what is pushed to it by hand is lost.\n");
        return body.toString();
    }
}
