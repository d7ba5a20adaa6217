package io.forgefleet.release.saga;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far a release is. Immutable; all that counts is a digest.
 *
 * @param run that began it, by which the forge knows its draft; later runs go on with it
 * @param tag short name
 * @param version as image tags have it
 * @param done the steps that are, in their order
 * @param asked the runs that make something for it, by what they make
 * @param files everything made so far
 * @param scannedAt when the scanners told what is kept of them; null before
 * @param page of the release on the forge; empty before there is one
 */
public record Saga(
        RunId run,
        EventId event,
        RepositoryId repository,
        String tag,
        CommitId commit,
        String version,
        Instant begunAt,
        State state,
        List<Done> done,
        Map<String, RunId> asked,
        List<ReleasedImage> images,
        List<KeptFile> files,
        @Nullable Instant scannedAt,
        String page) {

    /** What is public of it. */
    public enum State {
        /** Nothing. */
        BEGUN,
        /** Nothing, and nothing will be. */
        ABORTED,
        /** Some of it may be: it goes on, never back. */
        PROMOTING,
        RELEASED
    }

    /**
     * A step that is done.
     *
     * @param by the run that did it
     * @param inputs digests of what it worked on
     * @param outputs digests of what it made
     */
    public record Done(SagaStep step, RunId by, Instant at, List<Digest> inputs, List<Digest> outputs) {

        public Done {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }

    public Saga {
        done = List.copyOf(done);
        asked = Map.copyOf(asked);
        images = List.copyOf(images);
        files = List.copyOf(files);
    }

    /** One of which nothing is done. */
    public static Saga begin(
            RunId run,
            EventId event,
            RepositoryId repository,
            String tag,
            CommitId commit,
            String version,
            Instant now) {
        return new Saga(
                run,
                event,
                repository,
                tag,
                commit,
                version,
                now,
                State.BEGUN,
                List.of(),
                Map.of(),
                List.of(),
                List.of(),
                null,
                "");
    }

    public boolean has(SagaStep step) {
        return done.stream().anyMatch(each -> each.step() == step);
    }

    /** Whether some of it may be public. */
    public boolean isPublic() {
        return state == State.PROMOTING || state == State.RELEASED;
    }

    /** When its last step was done, or it began. */
    public Instant lastProgress() {
        return done.isEmpty() ? begunAt : done.getLast().at();
    }

    public List<KeptFile> files(KeptFile.Kind... kinds) {
        List<KeptFile.Kind> wanted = Arrays.asList(kinds);
        return files.stream().filter(file -> wanted.contains(file.kind())).toList();
    }

    /** The same with a step done; what it made is what came since {@code before}. */
    public Saga did(SagaStep step, RunId by, Instant now, Saga before) {
        List<Done> more = new ArrayList<>(done);
        List<Digest> inputs = before.digests().toList();
        more.add(new Done(
                step,
                by,
                now,
                inputs,
                digests().filter(digest -> !inputs.contains(digest)).toList()));
        return with(state, more, asked, images, files, scannedAt, page);
    }

    private Stream<Digest> digests() {
        return Stream.concat(
                        images.stream().map(ReleasedImage::digest),
                        files.stream().map(KeptFile::digest))
                .distinct();
    }

    /** The same in another state. */
    public Saga in(State other) {
        return with(other, done, asked, images, files, scannedAt, page);
    }

    /** The same with a run asked for something. */
    public Saga asking(String target, RunId other) {
        Map<String, RunId> more = new HashMap<>(asked);
        more.put(target, other);
        return with(state, done, more, images, files, scannedAt, page);
    }

    public Saga withImages(List<ReleasedImage> others) {
        return with(state, done, asked, others, files, scannedAt, page);
    }

    /** The same with further files, in place of those that had their names. */
    public Saga withFiles(List<KeptFile> further) {
        List<String> names = further.stream().map(KeptFile::name).toList();
        List<KeptFile> all = new ArrayList<>(
                files.stream().filter(file -> !names.contains(file.name())).toList());
        all.addAll(further);
        return with(state, done, asked, images, all, scannedAt, page);
    }

    public Saga scanned(Instant at) {
        return with(state, done, asked, images, files, at, page);
    }

    public Saga withPage(String url) {
        return with(state, done, asked, images, files, scannedAt, url);
    }

    private Saga with(
            State otherState,
            List<Done> otherDone,
            Map<String, RunId> otherAsked,
            List<ReleasedImage> otherImages,
            List<KeptFile> otherFiles,
            @Nullable Instant otherScannedAt,
            String otherPage) {
        return new Saga(
                run,
                event,
                repository,
                tag,
                commit,
                version,
                begunAt,
                otherState,
                otherDone,
                otherAsked,
                otherImages,
                otherFiles,
                otherScannedAt,
                otherPage);
    }
}
