package io.forgefleet.clients.forge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Branches, commits and pull requests behind a recorded forge. */
final class RecordedRepository {

    /** A file; content in base64. */
    record Entry(String mode, String base64) {

        Entry(String mode, byte[] content) {
            this(mode, Base64.getEncoder().encodeToString(content));
        }

        byte[] content() {
            return Base64.getDecoder().decode(base64);
        }
    }

    /** A tag's commit; an annotated one has an object of its own. */
    record Tag(String commit, boolean annotated) {}

    record Commit(String id, String parent, String message, SortedMap<String, Entry> files) {}

    static final class Pull {
        final int number;
        final String base;
        final String branch;
        String title;
        String body;
        String state = "open";
        String head;

        Pull(int number, String base, String branch, String title, String body, String head) {
            this.number = number;
            this.base = base;
            this.branch = branch;
            this.title = title;
            this.body = body;
            this.head = head;
        }
    }

    final Map<String, String> branches = new HashMap<>();
    final Map<String, Tag> tags = new HashMap<>();
    final Map<String, Commit> commits = new HashMap<>();
    final List<Pull> pulls = new ArrayList<>();
    final Map<Long, List<String>> changes = new HashMap<>();
    private int ids;

    RecordedRepository() {
        SortedMap<String, Entry> files = new TreeMap<>();
        files.put("README.md", new Entry("100644", "# app\n".getBytes(UTF_8)));
        files.put("link.md", new Entry("120000", "README.md".getBytes(UTF_8)));
        files.put("tools/deep/run.sh", new Entry("100755", "#!/bin/sh\n".getBytes(UTF_8)));
        branches.put("main", commit("", "Initial commit", files));
    }

    /** What is told of the changes of a pull request's labels on one page, oldest first. */
    synchronized List<String> changes(long number, int page, int perPage) {
        List<String> all = changes.getOrDefault(number, List.of());
        int from = Math.min((page - 1) * perPage, all.size());
        return all.subList(from, Math.min(from + perPage, all.size()));
    }

    synchronized String id() {
        return "%040x".formatted(++ids + 0xabc0000);
    }

    synchronized String commit(String parent, String message, Map<String, Entry> files) {
        String id = id();
        commits.put(id, new Commit(id, parent, message, new TreeMap<>(files)));
        return id;
    }

    /** Of a branch's name or a commit's id. */
    synchronized Optional<Commit> at(String ref) {
        return Optional.ofNullable(commits.get(branches.getOrDefault(ref, ref)));
    }

    /** Somebody pushes to a branch. */
    synchronized void push(String branch, Map<String, String> texts) {
        Commit before = at(branch).orElseThrow();
        SortedMap<String, Entry> files = new TreeMap<>(before.files());
        texts.forEach((path, text) -> files.put(path, new Entry("100644", text.getBytes(UTF_8))));
        move(branch, commit(before.id(), "somebody", files));
    }

    /** Somebody tags a new commit of main. */
    synchronized String tag(String name, boolean annotated) {
        String commit = commit(
                branches.get("main"), "for " + name, at("main").orElseThrow().files());
        tags.put(name, new Tag(commit, annotated));
        return commit;
    }

    /** Open pull requests follow their branch. */
    synchronized void move(String branch, String commit) {
        branches.put(branch, commit);
        pulls.stream()
                .filter(pull -> pull.branch.equals(branch) && pull.state.equals("open"))
                .forEach(pull -> pull.head = commit);
    }

    synchronized Pull open(String base, String branch, String title, String body) {
        Pull pull = new Pull(6 + pulls.size(), base, branch, title, body, branches.get(branch));
        pulls.add(pull);
        return pull;
    }

    synchronized Optional<Pull> pull(long number) {
        return pulls.stream().filter(pull -> pull.number == number).findFirst();
    }

    /** Newest first, whatever their state. */
    synchronized List<Pull> pulls(String base, String branch) {
        return pulls.reversed().stream()
                .filter(pull -> pull.base.equals(base) && pull.branch.equals(branch))
                .toList();
    }

    synchronized void merge(long number) {
        Pull pull = pull(number).orElseThrow();
        Commit head = commits.get(pull.head);
        pull.state = "merged";
        SortedMap<String, Entry> files =
                new TreeMap<>(at(pull.base).orElseThrow().files());
        files.putAll(head.files());
        branches.put(pull.base, commit(branches.get(pull.base), "merge", files));
    }

    /** Ids and messages, newest first. */
    synchronized List<String> log(String branch) {
        List<String> log = new ArrayList<>();
        for (Commit at = at(branch).orElse(null); at != null; at = commits.get(at.parent())) {
            log.add(at.id() + " " + at.message());
        }
        return log;
    }
}
