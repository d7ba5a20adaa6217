package io.forgefleet.clients.forge.release;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One attempt to have a release as its plan says. */
final class Preparation {

    private final ReleaseApi api;
    private final RepositoryId repository;
    private final ReleasePlan plan;
    private final String tried;
    private final List<String> uploaded = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();

    Preparation(ReleaseApi api, RepositoryId repository, ReleasePlan plan) {
        this.api = api;
        this.repository = repository;
        this.plan = plan;
        this.tried = "make the release of tag " + plan.tag() + " of " + repository;
    }

    PreparedRelease prepare() throws IOException, ClientException, InterruptedException {
        requireDistinctNames();
        requireTag();
        StoredRelease release = own();
        return result(release, release.draft() ? fill(release) : compare(release));
    }

    PreparedRelease publish() throws IOException, ClientException, InterruptedException {
        requireDistinctNames();
        requireTag();
        StoredRelease release = own();
        if (!release.draft()) {
            return result(release, compare(release));
        }
        List<String> foreign = fill(release);
        // a draft whose tag is gone would make it anew
        requireTag();
        StoredRelease published = api.publish(repository, release, plan, release.notes());
        if (published.draft()) {
            throw new ClientException(
                    Kind.UNAVAILABLE, "could not " + tried + ": the forge took it, and it still is a draft");
        }
        return result(published, foreign);
    }

    private PreparedRelease result(StoredRelease release, List<String> foreign) {
        return new PreparedRelease(release.url(), !release.draft(), uploaded, kept, foreign);
    }

    private void requireDistinctNames() throws ClientException {
        Set<String> names =
                plan.assets().stream().map(asset -> api.nameOf(asset.name())).collect(Collectors.toSet());
        if (names.size() < plan.assets().size()) {
            throw refused("this forge changes the names of files, by which two become the same", "rename one");
        }
    }

    private void requireTag() throws ClientException, InterruptedException {
        Optional<CommitId> now = api.tag(repository, plan.tag());
        if (now.isEmpty()) {
            throw new ClientException(Kind.NOT_FOUND, "could not " + tried + ": the forge has no such tag any more");
        }
        if (!now.get().equals(plan.commit())) {
            throw refused(
                    "the tag names " + now.get() + ", but what was built is " + plan.commit(),
                    "it was moved: tag the commit anew, with another version");
        }
    }

    /** The fleet's own: the published one, else its draft, which is made when there is none. */
    private StoredRelease own() throws ClientException, InterruptedException {
        List<StoredRelease> all = api.find(repository, plan.tag(), plan.run());
        Optional<StoredRelease> published =
                all.stream().filter(release -> !release.draft()).findFirst();
        for (StoredRelease release : published.map(List::of).orElse(all)) {
            if (release.marker().isEmpty()) {
                throw refused(
                        "there is a " + (release.draft() ? "draft" : "release")
                                + " of this tag that the fleet did not make" + at(release),
                        "delete it on the forge, and resume");
            }
        }
        if (published.isPresent()) {
            return published.get();
        }
        List<StoredRelease> drafts = all.stream()
                .sorted(Comparator.comparing((StoredRelease draft) -> draft.id().length())
                        .thenComparing(StoredRelease::id))
                .toList();
        if (drafts.isEmpty()) {
            return api.create(repository, plan, marked(Set.of()));
        }
        for (StoredRelease second : drafts.subList(1, drafts.size())) {
            api.delete(repository, second);
        }
        StoredRelease draft = drafts.getFirst();
        // names that the fleet has had there stay in the mark, so that none of its files becomes a stranger's
        String notes = marked(draft.marker().map(ReleaseMarker::names).orElse(Set.of()));
        boolean same = sameText(draft.notes(), notes)
                && draft.title().equals(plan.title())
                && draft.prerelease() == plan.prerelease();
        return same ? draft : api.describe(repository, draft, plan, notes);
    }

    private String marked(Set<String> earlier) {
        Set<String> names = new TreeSet<>(earlier);
        plan.assets().forEach(asset -> names.add(asset.name()));
        return new ReleaseMarker(plan.run(), names).after(plan.notes());
    }

    private static boolean sameText(String one, String other) {
        return one.replace("\r\n", "\n")
                .strip()
                .equals(other.replace("\r\n", "\n").strip());
    }

    /** Gives a draft the files that it lacks, takes those that the fleet no longer wants; returns the names of others. */
    private List<String> fill(StoredRelease draft) throws IOException, ClientException, InterruptedException {
        Map<String, List<StoredAsset>> there = byName(draft);
        for (ReleaseAsset asset : plan.assets()) {
            List<StoredAsset> found = there.getOrDefault(api.nameOf(asset.name()), List.of());
            there.remove(api.nameOf(asset.name()));
            if (found.size() == 1 && is(draft, found.getFirst(), asset)) {
                kept.add(asset.name());
                continue;
            }
            for (StoredAsset other : found) {
                api.delete(repository, draft, other);
            }
            upload(draft, asset);
        }
        Set<String> ours = draft.marker().map(ReleaseMarker::names).orElse(Set.of()).stream()
                .map(api::nameOf)
                .collect(Collectors.toSet());
        List<String> foreign = new ArrayList<>();
        for (List<StoredAsset> rest : there.values()) {
            for (StoredAsset asset : rest) {
                if (ours.contains(api.nameOf(asset.name()))) {
                    api.delete(repository, draft, asset);
                } else {
                    foreign.add(asset.name());
                }
            }
        }
        return foreign;
    }

    private Map<String, List<StoredAsset>> byName(StoredRelease release) throws ClientException, InterruptedException {
        Map<String, List<StoredAsset>> there = new HashMap<>();
        for (StoredAsset asset : api.assets(repository, release)) {
            there.computeIfAbsent(api.nameOf(asset.name()), name -> new ArrayList<>())
                    .add(asset);
        }
        return there;
    }

    private void upload(StoredRelease draft, ReleaseAsset asset)
            throws IOException, ClientException, InterruptedException {
        if (Files.size(asset.file()) != asset.bytes()) {
            throw refused("the file " + asset.file() + " has changed since it was planned", "start the release anew");
        }
        StoredAsset stored;
        try {
            stored = api.upload(repository, draft, asset);
        } catch (ClientException e) {
            // half of one, which the forge did not list before, is in the way of its name
            List<StoredAsset> inTheWay = e.kind() == Kind.REFUSED
                    ? byName(draft).getOrDefault(api.nameOf(asset.name()), List.of())
                    : List.of();
            if (inTheWay.isEmpty()) {
                throw e;
            }
            for (StoredAsset other : inTheWay) {
                api.delete(repository, draft, other);
            }
            stored = api.upload(repository, draft, asset);
        }
        if (!is(draft, stored, asset)) {
            throw new ClientException(
                    Kind.UNAVAILABLE,
                    "could not " + tried + ": of " + asset.name() + " with " + asset.bytes() + " bytes and digest "
                            + asset.digest()
                            + " the forge has other bytes after the upload; the next attempt sends it anew");
        }
        uploaded.add(asset.name());
    }

    /** What is published has to be what is wanted; returns the names of further files. */
    private List<String> compare(StoredRelease release) throws ClientException, InterruptedException {
        Map<String, List<StoredAsset>> there = byName(release);
        for (ReleaseAsset asset : plan.assets()) {
            List<StoredAsset> found = there.getOrDefault(api.nameOf(asset.name()), List.of());
            there.remove(api.nameOf(asset.name()));
            if (found.size() != 1 || !is(release, found.getFirst(), asset)) {
                throw refused(
                        "it is published" + at(release) + " with " + (found.isEmpty() ? "no " : "another ")
                                + asset.name() + ", and what is published is not changed",
                        "release under a new version");
            }
            kept.add(asset.name());
        }
        return there.values().stream()
                .flatMap(List::stream)
                .map(StoredAsset::name)
                .toList();
    }

    private boolean is(StoredRelease release, StoredAsset stored, ReleaseAsset asset)
            throws ClientException, InterruptedException {
        if (!stored.complete() || stored.bytes() != asset.bytes()) {
            return false;
        }
        Digest digest = stored.digest().isPresent() ? stored.digest().get() : api.digest(repository, release, stored);
        return digest.equals(asset.digest());
    }

    private static String at(StoredRelease release) {
        return release.url().isEmpty() ? "" : " (" + release.url() + ")";
    }

    private ClientException refused(String why, String advice) {
        return new ClientException(Kind.REFUSED, "could not " + tried + ": " + why + "; " + advice);
    }
}
