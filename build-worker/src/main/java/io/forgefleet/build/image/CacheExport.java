package io.forgefleet.build.image;

import io.forgefleet.build.builder.Builder;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildRequest;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.SideTask;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Caches written beside the pushes, which need not wait for them. What fails here fails no run. */
public final class CacheExport implements AutoCloseable {

    /** A cache that is in the registry now. */
    record Written(Target target, String tag, Digest digest) {}

    private final Run run;
    private final Workplace place;
    private final Map<Target, List<String>> tags;
    private final @Nullable SideTask<Boolean> task;

    private CacheExport(Run run, Workplace place, Map<Target, List<String>> tags, @Nullable SideTask<Boolean> task) {
        this.run = run;
        this.place = place;
        this.tags = new LinkedHashMap<>(tags);
        this.task = task;
    }

    /** Of caches that the build itself wrote, or of none. */
    static CacheExport done(Run run, Workplace place, Map<Target, List<String>> tags) {
        return new CacheExport(run, place, tags, null);
    }

    /**
     * Begins to write.
     *
     * @param request whose targets name them; all of its steps are in the builder's own state
     */
    static CacheExport begin(
            Run run, Workplace place, Map<Target, List<String>> tags, Builder builder, BuildRequest request) {
        return new CacheExport(run, place, tags, new SideTask<>(() -> {
            try {
                builder.build(request, false, event -> {});
            } catch (ClientException | DependencyAwayException e) {
                run.log("warning: " + e.getMessage());
            }
            return true;
        }));
    }

    /** Waits until they are written; those that could not be are warned of. */
    List<Written> await() throws InterruptedException {
        List<Written> written = new ArrayList<>();
        try {
            if (task != null) {
                var unused = task.await();
            }
            for (Map.Entry<Target, List<String>> each : tags.entrySet()) {
                for (String tag : each.getValue()) {
                    place.registry()
                            .digest(each.getKey().name().repository(), tag)
                            .ifPresentOrElse(
                                    digest -> written.add(new Written(each.getKey(), tag, digest)),
                                    () -> run.log("warning: the cache " + tag
                                            + " was not written, the next build starts without it"));
                }
            }
        } catch (ClientException | IOException e) {
            run.log("warning: whether the caches were written is not known: " + Objects.toString(e.getMessage()));
        }
        return written;
    }

    /** Ends what still goes on. */
    @Override
    public void close() {
        if (task != null) {
            var unused = task.end();
        }
    }
}
