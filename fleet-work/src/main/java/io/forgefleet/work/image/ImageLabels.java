package io.forgefleet.work.image;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What an image says about itself: labels of its configuration and annotations of its manifest, by the names of the OCI
 * image specification ("annotations") and our own.
 */
public final class ImageLabels {

    public static final String REVISION = "org.opencontainers.image.revision";

    /** An annotation only: images built on top of one of ours inherit labels, and must not seem to be of our run. */
    public static final String RUN = "io.forgefleet.run";

    /** Trust class of the build, an annotation too: nothing that a Dockerfile says can raise it. */
    public static final String TRUST = "io.forgefleet.trust";

    /** Hash of what an image is made of that is named by its inputs, an annotation only as well. */
    public static final String INPUTS = "io.forgefleet.inputs";

    private static final String SOURCE = "org.opencontainers.image.source";
    private static final String CREATED = "org.opencontainers.image.created";
    private static final String VERSION = "org.opencontainers.image.version";
    private static final String PULL_REQUEST = "io.forgefleet.pull-request";
    private static final String BRANCH = "io.forgefleet.branch";

    private ImageLabels() {}

    /**
     * Labels of an image.
     *
     * @param repository page of the repository on its forge
     * @param committedAt the image's time of creation, so that the same commit gives the same bytes
     */
    public static Map<String, String> labels(
            URI repository, Source source, CommitId commit, Instant committedAt, String tag) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(REVISION, commit.value());
        labels.put(SOURCE, repository.toString());
        labels.put(CREATED, committedAt.toString());
        labels.put(VERSION, tag);
        switch (source) {
            case Source.PullRequest request -> labels.put(PULL_REQUEST, Long.toString(request.number()));
            case Source.Branch branch -> labels.put(BRANCH, branch.name().shortName());
            case Source.Tag released -> {} // the version says it
        }
        return labels;
    }

    /** Annotations of its manifest: the labels, and what only the worker may say. */
    public static Map<String, String> annotations(Map<String, String> labels, TrustClass trust, RunId run) {
        Map<String, String> annotations = new LinkedHashMap<>(labels);
        annotations.put(TRUST, word(trust));
        annotations.put(RUN, run.value());
        return annotations;
    }

    /** Whether an image is of this commit, and of a build that this class may trust. */
    public static boolean fits(Map<String, String> annotations, CommitId commit, TrustClass trust) {
        return commit.value().equals(annotations.get(REVISION)) && isTrusted(annotations, trust);
    }

    /** Whether an image is of these inputs, and of a build that this class may trust. */
    public static boolean fits(Map<String, String> annotations, String inputs, TrustClass trust) {
        return inputs.equals(annotations.get(INPUTS)) && isTrusted(annotations, trust);
    }

    private static boolean isTrusted(Map<String, String> annotations, TrustClass trust) {
        return Stream.of(TrustClass.values())
                .filter(builtBy -> builtBy.compareTo(trust) >= 0)
                .anyMatch(builtBy -> word(builtBy).equals(annotations.get(TRUST)));
    }

    /** The class of build that made an image; what does not say counts as a stranger's. */
    public static TrustClass trust(Map<String, String> annotations) {
        return Stream.of(TrustClass.values())
                .filter(builtBy -> word(builtBy).equals(annotations.get(TRUST)))
                .findFirst()
                .orElse(TrustClass.FORK);
    }

    private static String word(TrustClass trust) {
        return trust.name().toLowerCase(Locale.ROOT);
    }
}
