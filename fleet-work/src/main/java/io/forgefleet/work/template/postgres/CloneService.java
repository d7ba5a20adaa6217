package io.forgefleet.work.template.postgres;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.runtime.config.PostgresConfig;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clones of template databases on the configured servers, and the sweeping of what is left there. Thread-safe; blocks. */
public final class CloneService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CloneService.class);
    private static final Duration TEMPLATE_AGE = Duration.ofDays(7);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    /** One server, with what this process has there. */
    private record Site(
            PostgresServer server, Clones clones, TemplateDatabases templates, Map<String, ClonePool> pools) {}

    private final PostgresConfig config;
    private final List<Site> sites = new ArrayList<>();
    private final Map<String, Long> used = new ConcurrentHashMap<>();
    private final Map<String, Long> handedOut = new ConcurrentHashMap<>();
    private final long started = System.nanoTime();
    private final Thread sweeping;

    /**
     * Starts sweeping; connects when it is needed.
     *
     * @param scratch a folder for dumps on their way
     * @param betweenSweeps how long it rests between them
     */
    public CloneService(PostgresConfig config, PostgresTools tools, Path scratch, Duration betweenSweeps) {
        this.config = config;
        for (PostgresConfig.Server each : config.servers()) {
            PostgresServer server = new PostgresServer(each);
            sites.add(new Site(
                    server,
                    new Clones(server, config.clones()),
                    new TemplateDatabases(server, tools, scratch),
                    new ConcurrentHashMap<>()));
        }
        sweeping = Thread.ofVirtual().name("clone-sweeps").start(() -> sweepEach(betweenSweeps));
    }

    /**
     * A clone for somebody, who gives it back by {@link #drop}; else it is removed after a time. One that is ready comes at once; the first of
     * a template waits until its dump is restored.
     *
     * @throws ClientException NOT_FOUND when no configured server has the template's version
     * @throws IOException when this machine's disk does not take the dump
     */
    public Clone take(TemplateKey parts, StoredTemplate template, TemplateStore store)
            throws IOException, ClientException, InterruptedException {
        Optional<Clone> ready = takeReady(template.key());
        return ready.isPresent() ? ready.get() : make(parts, template, store);
    }

    /** One of those that are ready; never of what a stranger's code made. */
    public Optional<Clone> takeReady(String key) {
        for (Site site : sites) {
            ClonePool pool = site.pools().get(key);
            if (pool != null) {
                Optional<Clone> clone = pool.take();
                clone.ifPresent(each -> given(site, pool, key, each));
                return clone;
            }
        }
        return Optional.empty();
    }

    private Clone make(TemplateKey parts, StoredTemplate template, TemplateStore store)
            throws IOException, ClientException, InterruptedException {
        Site site = site(parts.version());
        site.server().showPresence();
        used.put(template.key(), System.nanoTime());
        Optional<Clone> made = site.clones().make(template.key());
        if (made.isEmpty()) {
            var unused = site.templates().ensure(template, parts.extensions(), into -> store.pull(template, into));
            made = site.clones().make(template.key());
        }
        Clone clone = made.orElseThrow(() -> new ClientException(
                Kind.UNAVAILABLE, "the template database of " + template.key() + " was removed just now"));
        if (template.trust() == TrustClass.FORK) {
            handedOut.put(clone.name(), System.nanoTime()); // what strangers made is never at hand
            return clone;
        }
        ClonePool pool = site.pools().get(template.key());
        if (pool == null) {
            pool = site.pools()
                    .computeIfAbsent(template.key(), key -> new ClonePool(site.clones(), key, config.spareClones()));
            pool.asked();
        }
        given(site, pool, template.key(), clone);
        return clone;
    }

    private void given(Site site, ClonePool pool, String key, Clone clone) {
        handedOut.put(clone.name(), System.nanoTime());
        used.put(key, System.nanoTime());
        pool.fill();
        LOG.debug("{} of {} is given out", clone.name(), site.server());
    }

    private Site site(String version) throws ClientException, InterruptedException {
        List<String> others = new ArrayList<>();
        ClientException failed = null;
        for (Site site : sites) {
            try {
                String actual = site.server().version();
                if (PostgresConfig.fits(version, actual)) {
                    return site;
                }
                others.add(site.server().config().name() + " is " + actual);
            } catch (ClientException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
        throw new ClientException(
                Kind.NOT_FOUND,
                "there is no server of PostgreSQL " + version + " for clones: "
                        + (others.isEmpty() ? "none is configured" : String.join(", ", others)));
    }

    /**
     * Takes a clone back: it is dropped.
     *
     * @return false when there is none of that id
     */
    public boolean drop(String key, String id) throws ClientException, InterruptedException {
        Optional<DatabaseName> name = DatabaseName.ofClone(key, id);
        if (name.isEmpty()) {
            return false;
        }
        ClientException failed = null;
        for (Site site : sites) {
            try {
                if (site.clones().drop(name.get())) {
                    handedOut.remove(name.get().toString());
                    return true;
                }
            } catch (ClientException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
        return false;
    }

    /** Removes what is left over on every server that answers. */
    void sweep() throws InterruptedException {
        for (Site site : sites) {
            try {
                site.server().showPresence();
                drop(site, site.pools().values());
                new ServerSweep(
                                site.server(),
                                config.cloneAge(),
                                name -> isInUse(site, name),
                                name -> age(lastUse(name.key())).compareTo(TEMPLATE_AGE) < 0)
                        .run();
                site.pools().values().forEach(ClonePool::fill);
            } catch (ClientException e) {
                LOG.warn("not swept now: {}", e.getMessage());
            }
        }
    }

    private static void drop(Site site, Iterable<ClonePool> pools) throws ClientException, InterruptedException {
        for (ClonePool pool : pools) {
            for (Clone clone : pool.spare()) {
                var unused = site.clones().drop(DatabaseName.parse(clone.name()).orElseThrow());
            }
        }
    }

    private boolean isInUse(Site site, String name) {
        if (site.pools().values().stream().anyMatch(pool -> pool.has(name))) {
            return true;
        }
        Long since = handedOut.get(name);
        if (since != null && age(since).compareTo(config.cloneAge()) > 0) {
            handedOut.remove(name);
            return false;
        }
        return since != null;
    }

    private long lastUse(String digits) {
        return used.entrySet().stream()
                .filter(each -> DatabaseName.digits(each.getKey()).equals(digits))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(started);
    }

    private static Duration age(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    private void sweepEach(Duration between) {
        try {
            while (!sites.isEmpty()) {
                sweep();
                Thread.sleep(between);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Drops what was ready and nobody has taken, within seconds; what stays then is swept by the next process. */
    @Override
    public void close() {
        sweeping.interrupt();
        Thread dropping = Thread.ofVirtual().name("clones-no-more").start(() -> {
            for (Site site : sites) {
                try {
                    for (ClonePool pool : site.pools().values()) {
                        pool.close();
                    }
                    drop(site, site.pools().values());
                } catch (ClientException e) {
                    LOG.info("clones are left to be swept: {}", e.getMessage());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        });
        try {
            if (!dropping.join(LONGEST_STOP)) {
                dropping.interrupt();
            }
        } catch (InterruptedException e) {
            dropping.interrupt();
            Thread.currentThread().interrupt();
        }
        sites.forEach(site -> site.server().close());
    }
}
