package io.forgefleet.build.plan;

import io.forgefleet.events.image.TrustClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tags of the BuildKit caches beside an image. Each is written by one pull request or branch only and carries the trust
 * class of who writes it; no class reads what a lower one wrote.
 *
 * @param reads the best first
 * @param write its own
 */
public record CacheRefs(List<String> reads, String write) {

    private static final String PREFIX = "buildcache-";
    private static final int LONGEST_NAME = 80;

    public CacheRefs {
        reads = List.copyOf(reads);
    }

    /**
     * Works them out.
     *
     * @param defaultBranch of the same repository
     */
    public static CacheRefs of(Source source, Source.Branch defaultBranch) {
        List<Source> from = new ArrayList<>();
        from.add(source);
        if (source instanceof Source.PullRequest request) {
            from.add(request.base());
        }
        from.add(defaultBranch);
        List<String> reads = from.stream()
                .filter(other -> mayRead(source.trust(), other.trust()))
                .map(CacheRefs::tag)
                .distinct()
                .toList();
        return new CacheRefs(reads, tag(source));
    }

    private static boolean mayRead(TrustClass reader, TrustClass writer) {
        return writer.compareTo(reader) >= 0;
    }

    private static String tag(Source source) {
        return PREFIX + source.trust().name().toLowerCase(Locale.ROOT) + "-" + scope(source);
    }

    private static String scope(Source source) {
        return switch (source) {
            case Source.PullRequest request -> "pr-" + request.number();
            case Source.Branch branch -> {
                // two names may be one after sanitising, and only one of them may write
                String name = branch.name().shortName();
                yield ImageTags.cut(ImageTags.ofBranch(name).name(), LONGEST_NAME) + "-" + ShortHash.of(name);
            }
        };
    }
}
