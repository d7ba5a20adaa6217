package io.forgefleet.build.plan;

import io.forgefleet.events.image.TrustClass;
import io.forgefleet.work.image.ImageTags;
import io.forgefleet.work.image.ShortHash;
import io.forgefleet.work.image.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tags of the BuildKit caches beside an image. Each is of a scope, written by one pull request or branch only, or of a content,
 * written by whoever has it first. Each carries the trust class of who writes it; no class reads what a lower one wrote, and
 * strangers' code neither reads nor writes any.
 *
 * @param scopes to read, the best first
 * @param scope its own, which it writes; null where it writes none
 * @param contents to read, its own class's first
 * @param content its own class's, to be written where it is missing; null where no content is named, or it may write none
 */
public record CacheRefs(
        List<String> scopes,
        @Nullable String scope,
        List<String> contents,
        @Nullable String content) {

    private static final String PREFIX = "buildcache-";
    private static final int LONGEST_NAME = 80;

    public CacheRefs {
        scopes = List.copyOf(scopes);
        contents = List.copyOf(contents);
    }

    /**
     * Works them out.
     *
     * @param defaultBranch of the same repository
     * @param key of the content of the files that name a cache; empty where there are none
     */
    public static CacheRefs of(Source source, Source.Branch defaultBranch, Optional<CacheKey> key) {
        TrustClass trust = source.trust();
        if (trust == TrustClass.FORK) {
            return new CacheRefs(List.of(), null, List.of(), null);
        }
        List<Source> from = new ArrayList<>();
        boolean again = !(source instanceof Source.Tag); // nobody builds a tag twice
        if (again) {
            from.add(source);
        }
        if (source instanceof Source.PullRequest request) {
            from.add(request.base());
        }
        from.add(defaultBranch);
        List<String> scopes = from.stream()
                .filter(other -> mayRead(trust, other.trust()))
                .map(CacheRefs::tag)
                .distinct()
                .toList();
        List<String> contents = key.stream()
                .flatMap(known -> Stream.of(TrustClass.values())
                        .filter(writer -> mayRead(trust, writer))
                        .map(writer -> tag(writer, "key-" + known.value())))
                .toList();
        return new CacheRefs(
                scopes,
                again ? tag(source) : null,
                contents,
                key.map(known -> tag(trust, "key-" + known.value())).orElse(null));
    }

    private static boolean mayRead(TrustClass reader, TrustClass writer) {
        return writer.compareTo(reader) >= 0;
    }

    private static String tag(Source source) {
        return tag(source.trust(), scope(source));
    }

    private static String tag(TrustClass writer, String name) {
        return PREFIX + writer.name().toLowerCase(Locale.ROOT) + "-" + name;
    }

    private static String scope(Source source) {
        return switch (source) {
            case Source.PullRequest request -> "pr-" + request.number();
            case Source.Tag tag -> throw new IllegalStateException("a tag has no cache of its own");
            // a hash ends it, so that no name of a branch is a pull request's or a content's
            case Source.Branch branch -> {
                // two names may be one after sanitising, and only one of them may write
                String name = branch.name().shortName();
                yield ImageTags.cut(ImageTags.ofBranch(name).name(), LONGEST_NAME) + "-" + ShortHash.of(name);
            }
        };
    }
}
