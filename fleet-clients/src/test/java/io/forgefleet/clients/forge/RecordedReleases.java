package io.forgefleet.clients.forge;

import io.forgefleet.events.image.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Releases, drafts and packages behind a recorded forge. */
final class RecordedReleases {

    /** A file; one that is not whole is what a broken upload left. */
    static final class Asset {
        private final long id;
        private final String name;
        private final byte[] content;
        private final boolean whole;

        Asset(long id, String name, byte[] content, boolean whole) {
            this.id = id;
            this.name = name;
            this.content = content;
            this.whole = whole;
        }

        long id() {
            return id;
        }

        String name() {
            return name;
        }

        byte[] content() {
            return content;
        }

        boolean whole() {
            return whole;
        }

        String sha256() {
            return Digest.of(content).value().substring("sha256:".length());
        }
    }

    static final class Release {
        final long id;
        final String tag;
        String name;
        String body;
        String target = "";
        String latest = "";
        boolean draft;
        boolean prerelease;
        final List<Asset> assets = new ArrayList<>();

        Release(long id, String tag, boolean draft, String name, String body) {
            this.id = id;
            this.tag = tag;
            this.draft = draft;
            this.name = name;
            this.body = body;
        }

        void add(long asset, String file, byte[] content) {
            assets.add(new Asset(asset, file, content, true));
        }
    }

    final List<Release> all = new ArrayList<>();

    /** Whether half-made files are listed; they stand in the way in either case. */
    boolean listsHalves = true;

    /** Whether digests are told. */
    boolean tellsDigests = true;

    private final RecordedRepository repository;
    private long ids = 100;

    RecordedReleases(RecordedRepository repository) {
        this.repository = repository;
    }

    synchronized long id() {
        return ++ids;
    }

    synchronized Release add(String tag, boolean draft, String name, String body) {
        Release release = new Release(id(), tag, draft, name, body);
        all.add(release);
        return release;
    }

    synchronized List<Release> of(String tag) {
        return all.stream().filter(release -> release.tag.equals(tag)).toList();
    }

    Release newest(String tag) {
        return of(tag).getLast();
    }

    /** When a release was published. */
    static String time(Release release) {
        return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(release.id).toString();
    }

    /** A published release whose tag is missing makes it. */
    synchronized void publish(Release release) {
        release.draft = false;
        repository.tags.putIfAbsent(release.tag, new RecordedRepository.Tag(release.target, false));
    }

    synchronized Release byId(long id) {
        return all.stream().filter(release -> release.id == id).findFirst().orElse(null);
    }

    synchronized Release withAsset(long id) {
        return all.stream()
                .filter(release -> release.assets.stream().anyMatch(asset -> asset.id() == id))
                .findFirst()
                .orElse(null);
    }
}
