package io.forgefleet.local.up;

import io.forgefleet.events.image.TrustClass;
import io.forgefleet.host.engine.LocalEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Engines for strangers and for protected branches, both below one folder, where this machine allows them. */
public final class TrustEngines {

    /** What the names of their folders begin with. */
    public static final String PREFIX = "engine-";

    private static final Logger LOG = LoggerFactory.getLogger(TrustEngines.class);

    private final Map<TrustClass, FutureTask<LocalEngine>> starts = new TreeMap<>();
    private String obstacle;

    private TrustEngines(String obstacle) {
        this.obstacle = obstacle;
    }

    /** Begins to start them, and returns at once. */
    public static TrustEngines starting(Path folder) {
        TrustEngines engines = new TrustEngines(LocalEngine.obstacle().orElse(""));
        if (engines.obstacle.isEmpty()) {
            for (TrustClass trust : List.of(TrustClass.FORK, TrustClass.PROTECTED)) {
                FutureTask<LocalEngine> start =
                        new FutureTask<>(() -> LocalEngine.start(folder.resolve(PREFIX + word(trust)), List.of()));
                Thread.ofVirtual().name(PREFIX + word(trust)).start(start);
                engines.starts.put(trust, start);
            }
        }
        return engines;
    }

    /** Builders for the configuration; none where there can be none. */
    public String builders() throws InterruptedException {
        StringBuilder yaml = new StringBuilder();
        for (TrustClass trust : starts.keySet()) {
            try {
                yaml.append("  - {name: %s, endpoint: \"%s\", trust: [%s], slots: 1}\n"
                        .formatted(PREFIX + word(trust), starts.get(trust).get().endpoint(), word(trust)));
            } catch (ExecutionException e) {
                LOG.warn("no engine for {} builds", word(trust), e);
                obstacle =
                        String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
            }
        }
        return yaml.toString();
    }

    /** Why they are not there; empty when they are. */
    public String obstacle() {
        return obstacle;
    }

    private static String word(TrustClass trust) {
        return trust.name().toLowerCase(Locale.ROOT);
    }

    /** Ends those that have started. */
    public void end() throws InterruptedException {
        for (FutureTask<LocalEngine> start : starts.values()) {
            try {
                start.get().close();
            } catch (ExecutionException e) {
                LOG.debug("it has never started", e);
            }
        }
    }
}
